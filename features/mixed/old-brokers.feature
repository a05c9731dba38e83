@mixed @old-guest
Feature: Two implementations in one Raft group
  Old brokers of the target and of a guest keep one commit log, each in its own files.

  @CTL-RIP-02
  Rule: Either side leads, follows and takes over

    Scenario: masters are lost in turn
      Given a DLedger group of two brokers of the target and one of the guest, with traffic
      When the master of the DLedger group is killed
      Then the other replica takes over and accepts writes
      And the killed broker is a slave of the new master when it is back
      And every replica gives out the same messages
      And every acknowledged message is readable from the new master
