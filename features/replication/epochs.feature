Feature: Epochs and logs over switches
  Every master writes under an epoch of its own; replicas cut what the new history does not have.

  @CTL-DSN-01 @CTL-DSN-02 @CTL-DSN-05 @CTL-DSN-07 @CTL-OPS-03
  Rule: Each new master has a larger epoch and stores it with its log end, and all replicas come to the same list

    Scenario: masters change places under traffic
      Given brokers that wait for every in-sync replica
      And 2 replicas under a controller with traffic
      When the master changes 5 times
      Then the master epoch has grown each time, and each epoch starts at its master's log end
      And all replicas have the same epochs and the same log
      And every acknowledged message is readable from the new master

    Scenario: masters change places twice while nothing is sent
      Given brokers that wait for every in-sync replica
      And 2 replicas under a controller with traffic
      And producers that stopped
      When the master changes 2 times without a message between
      Then all replicas have the same epochs and the same log
      And the last epoch in the list is that of the master
      And every acknowledged message is readable from the new master

  @CTL-DSN-04 @CTL-DSN-05
  Rule: A deposed master cuts what the new history does not have

    Scenario: the old master comes back with a longer log
      Given brokers with the settings
        | allAckInSyncStateSet | true |
        | slaveTimeout         | 500  |
      And 2 replicas under a controller apart with traffic
      And a master that wrote alone while no controller could change the set
      When the master is killed, and controller and slave come back
      Then the other replica takes over and accepts writes
      And the old master comes back, and cuts what it had alone
      And all replicas have the same epochs and the same log
      And every acknowledged message is readable from the new master

  @CTL-DSN-03
  Rule: After a switch no half message is served

    Scenario: the master is killed while it writes
      Given brokers that wait for every in-sync replica
      And 2 replicas under a controller with traffic
      And producers that send large messages as fast as they can
      When the master is killed under this load
      And half a message is all that is left of its last write
      Then the other replica takes over and accepts writes
      And the old master comes back
      And all replicas have the same epochs and the same log
      And every log consists of whole messages
      And every acknowledged message is readable from the new master

  @CTL-BRK-12
  Rule: The epoch list is kept over restarts

    Scenario: every broker restarts
      Given brokers that wait for every in-sync replica
      And 2 replicas under a controller with traffic
      And a master that changed 2 times
      When every broker is killed and comes back
      Then the epochs from before are at the head of every list
      And all replicas have the same epochs and the same log
      And every acknowledged message is readable from the new master

  @CTL-PAR-10
  Rule: Nothing acknowledged is lost with allAckInSyncStateSet and without unclean elections

    Scenario: one master after the other is killed
      Given brokers that wait for every in-sync replica
      And 3 replicas under a controller with traffic
      When 3 masters are killed one after the other, each coming back
      Then all replicas have the same epochs and the same log
      And every acknowledged message is readable from the new master

    Scenario: the master is replaced while sends wait, and is master again before they time out
      Given brokers with the settings
        | allAckInSyncStateSet     | true  |
        | haMaxTimeSlaveNotCatchup | 60000 |
        | haHousekeepingInterval   | 60000 |
        | slaveTimeout             | 30000 |
      And 2 replicas under a controller with traffic
      When sends wait, for what the master writes does not reach its slave
      And the slave is made master, and the old one again when it follows
      Then all replicas have the same epochs and the same log
      And every acknowledged message is readable from the new master

  @CTL-RIP-04 @CTL-REG-19
  Rule: The transient store pool works under a controller

    Scenario: a switch with the pool
      Given brokers with the settings
        | allAckInSyncStateSet     | true |
        | transientStorePoolEnable | true |
      And 2 replicas under a controller with traffic
      When the master is killed
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

  @CTL-REG-14
  Rule: Replicas follow when the same master begins a new epoch

    Scenario: the controllers lose sight of the master for a while
      Given a learner beside a master with traffic
      When the controllers count the master as dead, and hear it again
      Then the same master has a newer epoch
      And producers and consumers work
      And all replicas have the same epochs and the same log
      And every acknowledged message is readable from the new master

  @CTL-REG-18
  Rule: What a deposed master cut stays cut

    Scenario: it dies right after it has cut its log
      Given brokers with the settings
        | allAckInSyncStateSet | true |
        | slaveTimeout         | 500  |
      And 2 replicas under a controller apart with traffic
      And a master that wrote alone while no controller could change the set
      And the master was killed, and controller and slave came back
      When the old master comes back, dies as soon as it has cut its log, and comes back
      Then all replicas have the same epochs and the same log
      And every acknowledged message is readable from the new master
