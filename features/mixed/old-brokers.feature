@mixed @old-guest
Feature: Two implementations in one Raft group
  Old brokers of the target and of a guest keep one commit log, each in its own files.

  Rule: Either side leads, follows and takes over

    Scenario: masters are lost in turn
      Given a DLedger group of two brokers of the target and one of the guest, with traffic
      When the master of the DLedger group is killed
      Then the other replica takes over and accepts writes
      And the killed broker is a slave of the new master when it is back
      And every replica gives out the same messages
      And every acknowledged message is readable from the new master

  Rule: Each opens what the other one stored

    Scenario Outline: the store of a <writer> in a broker of the <reader>
      Given a DLedger broker of the <writer> with traffic
      When it stops and a broker of the <reader> starts with its store
      Then that one gives out the same messages

      Examples:
        | writer | reader |
        | target | guest  |
        | guest  | target |
