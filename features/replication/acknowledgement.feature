Feature: What an acknowledgement promises
  Which replicas a send waits for, and what a producer hears when one of them is missing.

  @CTL-BRK-19
  Rule: A send is refused while fewer than minInSyncReplicas are in sync

    Scenario: a slave is lost
      Given brokers with the settings
        | minInSyncReplicas | 2 |
      And 2 replicas under a controller with traffic
      When a slave is killed
      Then sends are refused with code 1 and "in-sync replicas not enough"
      And nothing that was refused is stored
      And sends are acknowledged when every replica is there
      And every acknowledged message is readable from the new master

    Scenario: the second replica has not come yet
      Given brokers with the settings
        | minInSyncReplicas | 2 |
      When the first of 2 replicas is there
      Then sends are refused with code 1 and "in-sync replicas not enough"
      And sends are acknowledged when every replica is there
      And every acknowledged message is readable from the new master

  @CTL-PAR-08
  Rule: A shrinking set is usable down to minInSyncReplicas

    Scenario Outline: <lost> of 3 replicas lost
      Given brokers with the settings
        | minInSyncReplicas    | 2    |
        | allAckInSyncStateSet | true |
      And 3 replicas under a controller with traffic
      When <lost> slaves are killed
      Then <outcome>
      And every acknowledged message is readable from the new master

      Examples:
        | lost | outcome                                                       |
        | 1    | sends are acknowledged                                        |
        | 2    | sends are refused with code 1 and "in-sync replicas not enough" |

  @CTL-BRK-14
  Rule: With allAckInSyncStateSet a send waits for every replica in the set

    Scenario: a slave freezes
      Given brokers with the settings
        | allAckInSyncStateSet | true |
        | slaveTimeout         | 500  |
      And 3 replicas under a controller with traffic
      When a slave freezes
      Then sends end with FLUSH_SLAVE_TIMEOUT
      And sends are acknowledged once the set has shrunk, not before
      And what ended with FLUSH_SLAVE_TIMEOUT is delivered
      And the replica is in the set again when it goes on
      And every acknowledged message is readable from the new master

  @CTL-DSN-12
  Rule: Under allAckInSyncStateSet consumers see what every replica in the set has

    Scenario: a slave freezes
      Given brokers with the settings
        | allAckInSyncStateSet | true |
        | slaveTimeout         | 500  |
      And 3 replicas under a controller with traffic
      When a slave freezes
      Then consumers get nothing that it lacks while it is in the set
      And every acknowledged message is readable from the new master

  @CTL-PAR-11 @CTL-PAR-12
  Rule: Writes stall for as long as haMaxTimeSlaveNotCatchup and a check take

    Scenario Outline: a slave is lost silently, limit <limit> ms
      Given brokers with the settings
        | allAckInSyncStateSet     | true    |
        | haMaxTimeSlaveNotCatchup | <limit> |
        | haHousekeepingInterval   | 20000   |
      And 2 replicas under a controller with traffic
      When a slave freezes
      Then sends stall for the time that the settings allow
      And every acknowledged message is readable from the new master

      Examples:
        | limit |
        | 800   |
        | 3000  |

  @CTL-BRK-18
  Rule: inSyncReplicas is ignored when allAckInSyncStateSet is true

    Scenario: more replicas are asked for than there are
      Given brokers with the settings
        | allAckInSyncStateSet | true |
        | inSyncReplicas       | 3    |
      And 2 replicas under a controller with traffic
      When a slave is killed
      Then sends are acknowledged
      And every acknowledged message is readable from the new master

  @CTL-PAR-05
  Rule: inSyncReplicas counts while allAckInSyncStateSet is false

    @CTL-PAR-06
    Scenario Outline: a slave is lost, enableAutoInSyncReplicas <auto>
      Given brokers with the settings
        | inSyncReplicas           | 2      |
        | enableAutoInSyncReplicas | <auto> |
        | slaveTimeout             | 500    |
      And 2 replicas under a controller with traffic
      When a slave is killed
      Then sends end with FLUSH_SLAVE_TIMEOUT
      And sends go on to end with FLUSH_SLAVE_TIMEOUT after the set has shrunk
      And every acknowledged message is readable from the new master

      Examples:
        | auto  |
        | false |
        | true  |

    Scenario: two of three are asked for, and one slave freezes
      Given brokers with the settings
        | inSyncReplicas           | 2     |
        | haMaxTimeSlaveNotCatchup | 20000 |
      And 3 replicas under a controller with traffic
      When a slave freezes
      Then sends do not wait for it
      And every acknowledged message is readable from the new master

  @CTL-RIP-03
  Rule: Acknowledgements need no majority

    Scenario Outline: one of 3 replicas is left, allAckInSyncStateSet <allAck>
      Given brokers with the settings
        | allAckInSyncStateSet | <allAck> |
      And 3 replicas under a controller with traffic
      When 2 slaves are killed
      Then sends are acknowledged
      And every acknowledged message is readable from the new master

      Examples:
        | allAck |
        | true   |
        | false  |
