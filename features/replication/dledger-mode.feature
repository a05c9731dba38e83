Feature: Commit logs in a Raft group
  Old brokers can keep their commit log in a DLedger group of three (enableDLegerCommitLog): Raft decides who is master,
  and a message counts once a majority has it. Such groups are what an upgrade to controller mode starts from.

  Rule: A Raft log needs three brokers, and goes on with two of them

    Scenario: its master is lost
      Given three old brokers in a DLedger group, with traffic
      When the master of the DLedger group is killed
      Then the other replica takes over and accepts writes
      And the killed broker is a slave of the new master when it is back
      And every replica gives out the same messages
      And every acknowledged message is readable from the new master

    Scenario: two of them are lost
      Given three old brokers in a DLedger group, with traffic
      When 2 slaves are killed
      Then no send is acknowledged
      And sends are acknowledged when they are back
      And every acknowledged message is readable from the new master
