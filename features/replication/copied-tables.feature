Feature: What slaves copy beside the log
  Topics and consumer groups of the master, so that none is missing when a slave takes over.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-REG-01
  Rule: Topics with attributes and consumer groups survive a switch

    Scenario: topics with a message type
      Given a group under one controller, with traffic
      And topics with a message type and consumer groups
      When every replica has them, and the master is killed
      Then the other replica takes over and accepts writes
      And it has these topics and groups
      And every acknowledged message is readable from the new master

  @CTL-REG-02
  Rule: A slave never misses what it has copied

    Scenario: the tables of the master go on to change
      Given a group under one controller, with traffic
      And topics with a message type and consumer groups
      When every replica has them
      Then none loses one while the master gets more
      And every acknowledged message is readable from the new master
