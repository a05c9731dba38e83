Feature: What master and replicas say to each other
  A learner of the lab's own, which knows the documented frames and nothing else, follows the master of a group.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-DSN-08 @CTL-DSN-09
  Rule: A replica says how it follows and who it is, and is told the master's end, its epoch and its epochs

    Scenario: a learner introduces itself
      Given 2 replicas under a controller with traffic
      And a master that changed 2 times
      When a learner that knows the documented frames introduces itself
      Then it is told the end of the log, the epoch and every epoch of the master
      And the set stays as it is
      And every acknowledged message is readable from the new master

  @CTL-DSN-06 @CTL-DSN-10
  Rule: The log comes in frames that name offset, epoch, start of the epoch and confirm offset, none across two epochs

    Scenario: a learner copies a log of several epochs
      Given 2 replicas under a controller with traffic
      And a master that changed 3 times
      When a learner that knows the documented frames copies the log
      Then it has the log of the master
      And no frame spans two epochs, and each names one of the master
      And no frame confirms what is not written, or less than the one before it
      And the last frame confirms the end of the log
      And every acknowledged message is readable from the new master

  @CTL-DSN-11
  Rule: A replica acknowledges by the end of its log

    Scenario: a learner acknowledges what it copied
      Given 2 replicas under a controller with traffic
      When a learner that knows the documented frames copies the log
      Then the master counts its connection with that end
      And every acknowledged message is readable from the new master
