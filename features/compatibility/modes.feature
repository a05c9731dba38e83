Feature: Controller mode off and on

  @CTL-CMP-15
  Rule: With the mode off a broker behaves as before

    Scenario: a fixed-role group never talks to the controller
      Given a group of 2 fixed-role brokers with a new NameServer with its controller
      When producers and consumers have worked
      Then the controller knows no broker of the group
      And the roles are those of the configuration

  @CTL-CMP-16
  Rule: With the mode on a broker needs a controller that runs

    Scenario: brokers that started first come online when the controller does
      Given a group of 2 controller-mode brokers with an old NameServer and a controller that has not started
      And the group stays offline
      When the controller starts
      Then the group is online
      And producers and consumers work

  @lost-as-documented
  Rule: The default settings may lose what was not yet replicated

    Scenario: messages that the defaults lose at a switch are counted
      Given a group of 2 controller-mode brokers with a new NameServer with its controller
      And producers and consumers at work for longer than replication may lag
      When the master is killed
      Then the other replica takes over and accepts writes
      And only messages acknowledged just before the kill may be missing, and they are counted
