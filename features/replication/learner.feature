Feature: Learners
  A replica with asyncLearner copies the log and has no say.

  Background:
    Given brokers with the settings
      | allAckInSyncStateSet     | true  |
      | haMaxTimeSlaveNotCatchup | 8000  |
      | haHousekeepingInterval   | 20000 |

  @CTL-BRK-16
  Rule: A learner never enters the SyncStateSet and is never elected

    Scenario: it has everything and stays outside
      Given a learner beside a master with traffic
      When the learner has caught up
      Then the learner stays outside the set
      And every acknowledged message is readable from the new master

    Scenario: it does not take over from the master
      Given a learner beside a master with traffic
      When the master is killed
      Then no replica takes over
      And the restarted master has every acknowledged message

    Scenario: another slave takes over, not the learner
      Given a learner beside a master and a slave with traffic
      When the master is killed
      Then the other replica takes over and accepts writes
      And the learner stays outside the set
      And every acknowledged message is readable from the new master

    Scenario: it comes first
      When a learner comes first
      Then the group does not come online
      When another replica comes
      Then that one is master, and the learner stays outside the set
      And every acknowledged message is readable from the new master

    Scenario: it is the only one left and elections are unclean
      Given controllers with enableElectUncleanMaster true
      And a learner beside a master with traffic
      When the master is killed
      Then no replica takes over
      And the restarted master has every acknowledged message

  @CTL-BRK-17 @CTL-PAR-13
  Rule: A learner replicates, and no send waits for it

    Scenario: the learner follows
      Given a learner beside a master with traffic
      When the learner has caught up
      Then all replicas have the same epochs and the same log
      And every acknowledged message is readable from the new master

    Scenario: the learner freezes
      Given a learner beside a master and a slave with traffic
      When the learner freezes
      Then sends are acknowledged before a slave would be taken out
      And every acknowledged message is readable from the new master
