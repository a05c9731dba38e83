Feature: Master and slave enter controller mode
  Brokers of fixed roles are upgraded in place, with their data. What they took before must be there afterwards, and from
  then on another replica can take over.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-UPG-03 @CTL-UPG-08
  Rule: Replicas that stopped with equal logs come back under controllers with all their data

    Scenario: groups one after another
      Given a site of 1 NameServer, 1 controller, 2 groups of 2 replicas with traffic, before "master-slave-aligned"
      When the plan is played
      Then every step comes to hold
      And in every group another replica can take over
      And every acknowledged message is readable, and was delivered

    Scenario: a slave gets the log of the stopped master instead of waiting for it
      Given a site of 1 NameServer, 1 controller, 1 group of 2 replicas with traffic, before "master-slave-by-copy"
      When the plan is played
      Then every step comes to hold
      And in every group another replica can take over
      And every acknowledged message is readable, and was delivered

  @CTL-UPG-02
  Rule: Old NameServers are enough when controllers are set beside them

    Scenario: a group gains switching
      Given a site of 1 NameServer, 1 controller, 1 group of 2 replicas with traffic, before "master-slave-beside-old-nameservers"
      When the plan is played
      Then every step comes to hold
      And in every group another replica can take over
      And every acknowledged message is readable, and was delivered

  @CTL-UPG-04
  Rule: With unequal logs the old master comes first, or what only it has is lost

    Scenario: the master comes first
      Given a site of 1 NameServer, 1 controller, 1 group of 2 replicas with traffic, before "master-slave-master-first"
      When the plan is played
      Then every step comes to hold
      And in every group another replica can take over
      And every acknowledged message is readable, and was delivered

    Scenario: a slave would come first, and is stopped
      Given a site of 1 NameServer, 1 controller, 1 group of 2 replicas with traffic, before "master-slave-slave-first"
      When the plan is played
      Then the play stops before the loss

    Scenario: a slave comes first
      Given a site of 1 NameServer, 1 controller, 1 group of 2 replicas with traffic, before "master-slave-slave-first" is to show its loss
      When the plan is played, loss and all
      Then every step comes to hold
      And exactly the messages are lost that the slave lacked
