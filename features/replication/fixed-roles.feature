Feature: Replication by configuration
  Without controller mode the configuration says who is master and what it waits for.

  @CTL-PAR-01
  Rule: A slave has what the master has and serves it where slaveReadEnable is set

    Scenario Outline: <release> brokers, <role>
      Given brokers with the settings
        | slaveReadEnable | true |
      And a <role> with a slave, <release> brokers, with traffic
      When producers stop
      Then every acknowledged message is readable from the slave
      And every acknowledged message is readable from the new master

      Examples:
        | release | role         |
        | old     | ASYNC_MASTER |
        | old     | SYNC_MASTER  |
        | new     | ASYNC_MASTER |
        | new     | SYNC_MASTER  |

  @CTL-PAR-01
  Rule: An old SYNC_MASTER waits for a slave that is there

    Scenario: its slave is lost
      Given a SYNC_MASTER with a slave, old brokers, with traffic
      When a slave is killed
      Then sends end with SLAVE_NOT_AVAILABLE
      And every acknowledged message is readable from the new master

  @CTL-PAR-01
  Rule: inSyncReplicas is the number of replicas that a new SYNC_MASTER waits for, and nothing to an ASYNC_MASTER

    Scenario Outline: the slave of a <role> with inSyncReplicas <count> is lost
      Given brokers with the settings
        | inSyncReplicas | <count> |
        | slaveTimeout   | 500     |
      And a <role> with a slave, new brokers, with traffic
      When a slave is killed
      Then sends end with <outcome>
      And every acknowledged message is readable from the new master

      Examples:
        | role         | count | outcome             |
        | SYNC_MASTER  | 1     | SEND_OK             |
        | SYNC_MASTER  | 2     | FLUSH_SLAVE_TIMEOUT |
        | ASYNC_MASTER | 2     | SEND_OK             |

  @CTL-PAR-02
  Rule: The other parameters have no effect without a mode, and nothing degrades

    Scenario Outline: <key> is <value>
      Given brokers with the settings
        | inSyncReplicas | 2       |
        | slaveTimeout   | 500     |
        | <key>          | <value> |
      And a SYNC_MASTER with a slave, new brokers, with traffic
      When a slave is killed
      Then sends end with FLUSH_SLAVE_TIMEOUT
      And every acknowledged message is readable from the new master

      Examples:
        | key                      | value |
        | minInSyncReplicas        | 2     |
        | enableAutoInSyncReplicas | true  |
        | allAckInSyncStateSet     | true  |
        | haMaxGapNotInSync        | 1     |
        | haMaxTimeSlaveNotCatchup | 100   |

  @CTL-PAR-03
  Rule: With enableSlaveActingMaster enableAutoInSyncReplicas degrades down to minInSyncReplicas

    Scenario Outline: a slave is lost, enableAutoInSyncReplicas <auto>, minInSyncReplicas <least>
      Given brokers with the settings
        | enableSlaveActingMaster  | true    |
        | inSyncReplicas           | 2       |
        | enableAutoInSyncReplicas | <auto>  |
        | minInSyncReplicas        | <least> |
      And a SYNC_MASTER with a slave, new brokers, with traffic
      When a slave is killed
      Then <outcome>
      And every acknowledged message is readable from the new master

      Examples:
        | auto  | least | outcome                                                         |
        | true  | 1     | sends are acknowledged                                          |
        | true  | 2     | sends are refused with code 1 and "in-sync replicas not enough" |
        | false | 1     | sends are refused with code 1 and "in-sync replicas not enough" |

  @CTL-PAR-04
  Rule: With enableSlaveActingMaster the distance in the log decides who counts

    Scenario Outline: a slave stands still, haMaxGapNotInSync <gap>
      Given brokers with the settings
        | enableSlaveActingMaster  | true  |
        | inSyncReplicas           | 2     |
        | enableAutoInSyncReplicas | true  |
        | haMaxGapNotInSync        | <gap> |
        | slaveTimeout             | 500   |
        | haHousekeepingInterval   | 20000 |
      And a SYNC_MASTER with a slave, new brokers, with traffic
      When a slave freezes
      Then sends end with <outcome>
      And every acknowledged message is readable from the new master

      Examples:
        | gap       | outcome             |
        | 4096      | SEND_OK             |
        | 268435456 | FLUSH_SLAVE_TIMEOUT |
