Feature: What controllers remember
  Controllers keep a log of all they decided, and a new one learns it from the others.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-DEP-10
  Rule: Controllers that were killed recover from their own logs

    Scenario Outline: a group under <controllers>
      Given a group under <controllers>, with traffic
      And the master is killed
      And the other replica takes over and accepts writes
      When every controller is killed and started again
      Then the controllers record what they did before
      And producers and consumers work
      And every acknowledged message is readable from the new master

      Examples:
        | controllers       |
        | one controller    |
        | three controllers |

  @CTL-CFG-05
  Rule: A controller that lost its data gets it from the others

    Scenario: the others lose their leader
      Given a group under three controllers, with traffic
      And a controller that does not lead has lost its data
      When the controller that leads is killed
      Then the controllers answer as one group with one leader
      And the controllers record what they did before
      And every acknowledged message is readable from the new master

  @CTL-CFG-05
  Rule: Data that all controllers lost is gone

    Scenario: the only controller loses its data
      Given a group under one controller, with traffic
      When every controller loses its data
      Then producers and consumers work
      And the controller knows no broker of the group
      And every acknowledged message is readable from the new master
