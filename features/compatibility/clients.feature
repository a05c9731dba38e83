Feature: Clients and NameServers do not notice the mode

  @CTL-CMP-13
  Rule: No client changes for controller mode

    Scenario: a client of the old release goes on after a switch
      Given brokers that wait for every in-sync replica
      And a group of 2 controller-mode brokers with a new NameServer with its controller
      And a producer and a consumer of the old release at work
      When the master is killed
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

  @CTL-CMP-14
  Rule: A NameServer answers the same whatever the mode

    Scenario: an old and a new NameServer know the same routes
      Given a group of 2 controller-mode brokers with an old and a new NameServer and a controller apart
      When producers and consumers have worked
      Then both NameServers answer the same routes

    Scenario: a NameServer answers the same with and without its controller
      Given a group of 2 fixed-role brokers with a new NameServer with its controller and one without
      When producers and consumers have worked
      Then both NameServers answer the same routes
