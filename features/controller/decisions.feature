Feature: When controllers elect, and whom they obey

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-DSN-13
  Rule: The death of a master leads to an election, the death of a slave does not

    Scenario: the master dies
      Given brokers with the settings
        | controllerHeartBeatTimeoutMills | 60000 |
      And a group under one controller, with traffic
      When the master of the group is killed
      Then the controllers record a living master from the former SyncStateSet
      And the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

    Scenario: a slave dies
      Given a group under one controller, with traffic
      When a slave of the group is killed
      Then nobody is elected
      And producers and consumers work
      And every acknowledged message is readable from the new master

  @CTL-DSN-14
  Rule: An operator can ask for another master

    Scenario: electMaster names a replica that keeps up
      Given a group under one controller, with traffic
      When an operator makes another replica master
      Then the controllers record the master that the operator named
      And producers and consumers work
      And every acknowledged message is readable from the new master

  @CTL-DSN-15
  Rule: The new master comes from the SyncStateSet

    Scenario: a replica that fell behind is there when the master dies
      Given 3 replicas under a controller with traffic
      And a replica that is alive but not in the SyncStateSet
      When the master of the group is killed
      Then the controllers record a living master from the former SyncStateSet
      And producers and consumers work
      And every acknowledged message is readable from the new master

  @CTL-DSN-16
  Rule: An election counts for every controller

    Scenario: the leader that elected dies
      Given a group under three controllers, with traffic
      And an operator makes another replica master
      And the controllers record the master that the operator named
      When the controller that leads is killed
      Then the controllers record what they did before
      And producers and consumers work
      And every acknowledged message is readable from the new master

  @CTL-DSN-17
  Rule: Only the master of the current epoch changes the SyncStateSet

    Scenario Outline: <sender> asks
      Given a group under one controller
      When <sender> asks for a smaller SyncStateSet
      Then the answer is the one that this sender deserves

      Examples:
        | sender                        |
        | the master                    |
        | a slave                       |
        | the master of an older epoch  |
        | a master with an older set    |

  @CTL-DSN-22
  Rule: Only the leading controller accepts changes

    Scenario: the master asks a follower
      Given a group under three controllers, with traffic
      When the master asks a controller that does not lead for a smaller SyncStateSet
      Then it is told that this controller does not lead
      And every controller leads an operator to the whole SyncStateSet
      And every acknowledged message is readable from the new master
