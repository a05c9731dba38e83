Feature: Who can become master

  @CTL-CFG-06 @CTL-CFG-07
  Rule: By default nobody outside the SyncStateSet is elected

    Scenario: only a replica that was behind is left
      Given brokers that wait for every in-sync replica
      And a group under one controller, with traffic
      And messages that only the master has
      When the master is killed, and the replica that was behind comes back
      Then no replica takes over
      And an operator cannot make it master
      And the restarted master has every acknowledged message

  @CTL-CFG-08
  Rule: Unclean election promotes a replica that was behind, and gives up what it lacks

    Scenario: it is allowed from the beginning
      Given brokers that wait for every in-sync replica
      And controllers with enableElectUncleanMaster true
      And a group under one controller, with traffic
      And messages that only the master has
      When the master is killed, and the replica that was behind comes back
      Then the other replica takes over and accepts writes
      And what only the old master had is lost, and counted
      And the old master gives up what the new one lacks

    Scenario: an operator allows it when nobody else is left
      Given brokers that wait for every in-sync replica
      And a group under one controller, with traffic
      And messages that only the master has
      And a group without a master and a replica that was behind
      When an operator sets enableElectUncleanMaster to true
      Then the other replica takes over and accepts writes
      And what only the old master had is lost, and counted
      And the old master gives up what the new one lacks

  @CTL-DSN-15
  Rule: Among members of the set the longer log wins, among equal logs the smaller brokerElectionPriority

    Scenario Outline: logs are equal, the <preferred> replica is preferred
      Given brokers that wait for every in-sync replica
      And 3 replicas under a controller, the <preferred> preferred in elections, with traffic
      And logs that are equal everywhere
      When the master is killed
      Then the <preferred> replica is elected
      And every acknowledged message is readable from the new master

      Examples:
        | preferred |
        | second    |
        | third     |

    Scenario: the preferred replica has the shorter log
      Given brokers with the settings
        | inSyncReplicas                  | 2     |
        | controllerHeartBeatTimeoutMills | 10000 |
        | haMaxTimeSlaveNotCatchup        | 15000 |
        | haHousekeepingInterval          | 20000 |
      And 3 replicas under a controller, the second preferred in elections, with traffic
      And a second replica that stands still while the others go on
      When the master is killed
      Then the third replica is elected
      And every replica is in the set when it goes on
      And every acknowledged message is readable from the new master
