Feature: Groups with a DLedger log get controllers
  Nothing converts the log of such a group: it is drained, and then emptied or replaced.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-UPG-06
  Rule: A drained group starts empty, and knows its topics and consumer groups

    Scenario: another group takes the traffic meanwhile
      Given a site of 1 NameServer, 1 controller, 2 groups of 3 replicas with traffic, before "dledger-emptied"
      When the plan is played
      Then every step comes to hold
      And every acknowledged message is readable, and was delivered

  @CTL-UPG-07
  Rule: A new group is set beside a drained one, which is retired

    Scenario: one group
      Given a site of 1 NameServer, 1 controller, 1 group of 3 replicas with traffic, before "dledger-beside"
      When the plan is played
      Then every step comes to hold
      And every acknowledged message is readable, and was delivered

  @CTL-UPG-05
  Rule: Data of a DLedger group is not taken along: a broker that is given it refuses to run

    Scenario: the play stops before it
      Given a site of 1 NameServer, 1 controller, 1 group of 3 replicas with traffic, before "dledger-in-place"
      When the plan is played
      Then the play stops before the loss

    Scenario: it is done all the same
      Given a site of 1 NameServer, 1 controller, 1 group of 3 replicas with traffic, before "dledger-in-place" is to show its loss
      When the plan is played
      Then every step comes to hold
