Feature: How brokers find their controllers

  @CTL-BRK-02
  Rule: A broker in controller mode needs a filled controllerAddr

    Scenario: controllerAddr is empty
      When 2 replicas start without controllerAddr
      Then the group does not come online
      And producers find no route

  @CTL-REG-07
  Rule: A broker whose role is unknown stores nothing

    Scenario: brokers that nobody gave a role
      When 2 replicas start without controllerAddr
      Then none of them takes a message
      And the group does not come online

  @CTL-BRK-05
  Rule: With fetchControllerAddrByDnsLookup brokers look up the name in controllerAddr

    Scenario: the controller is known by its name alone
      Given brokers with the settings
        | allAckInSyncStateSet           | true |
        | fetchControllerAddrByDnsLookup | true |
      And a group under one controller, with traffic
      When the master is killed
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

  @CTL-BRK-04
  Rule: Every controller of the list hears the heartbeats, whoever leads

    Scenario: the leader is lost before brokers ask who leads
      Given brokers that wait for every in-sync replica
      And brokers with the settings
        | syncControllerMetadataPeriod | 60000 |
      And a group under three controllers, with traffic
      When the controller that leads is killed
      Then the new leader counts every replica as alive
      And every acknowledged message is readable from the new master

  @CTL-BRK-03 @CTL-BRK-10
  Rule: Brokers know every controller in the list, and follow a new leader

    Scenario: the leader of three controllers is lost
      Given brokers that wait for every in-sync replica
      And a group under three controllers, with traffic
      When the controller that leads is killed
      Then the new leader counts every replica as alive
      And it can make another replica master
      And every acknowledged message is readable from the new master
