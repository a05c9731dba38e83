Feature: What slaves copy beside the log
  Topics and consumer groups of the master, so that none is missing when a slave takes over.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-REG-01
  Rule: Topics with attributes and consumer groups survive a switch

    Scenario: topics with a message type
      Given a group under one controller, with traffic
      When topics with a message type and consumer groups are made
      Then every replica comes to have them
      And the one that takes over when the master is killed has them
      And every acknowledged message is readable from the new master

  @CTL-PAR-10
  Rule: What was acknowledged has a route after a switch

    Scenario: the master is killed right after topics were made
      Given a group under one controller, with traffic
      When topics are made and get a message each, and the master is killed at once
      Then the other replica takes over and accepts writes
      And the new topics lead to their messages on the new master
      And every acknowledged message is readable from the new master

  @CTL-REG-02
  Rule: A slave never misses what it has copied

    Scenario: the tables of the master go on to change
      Given a group under one controller, with traffic
      And topics and consumer groups that every replica has
      When the master gets more of them
      Then no replica loses one
      And every acknowledged message is readable from the new master
