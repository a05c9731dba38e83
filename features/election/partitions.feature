Feature: Partitions
  Whatever is cut, in one direction or both: no epoch has two masters, nothing acknowledged is lost, and all heals by itself.

  Background:
    Given brokers with the settings
      | allAckInSyncStateSet | true |
      | slaveTimeout         | 500  |

  @CTL-BRK-07 @CTL-REG-08
  Rule: A master that the controllers do not hear is replaced

    Scenario: the cut is one-way, from the master to the controllers
      Given a group under three controllers, with traffic
      When the master is lost: it is not heard by the controllers
      Then another replica takes its place and accepts writes
      And the NameServers keep the new master when the old one registers
      And the old master follows the new one when it is back
      And no epoch had two masters
      And every acknowledged message is readable from the new master

  @CTL-RIP-01
  Rule: Traffic goes on when the master does not hear the controllers

    Scenario: the cut is one-way, from the controllers to the master
      Given a group under three controllers, with traffic
      When what the controllers send does not reach the master
      Then producers and consumers work
      And the group heals when the cut does
      And no epoch had two masters
      And every acknowledged message is readable from the new master

  @CTL-BRK-11 @CTL-DSN-18 @CTL-DSN-20
  Rule: A slave leaves the set when the link to its master is dead in one direction, and comes back with it

    Scenario Outline: what the <sender> sends does not arrive
      Given a group under one controller, with traffic
      When what the <sender> sends does not reach its <receiver>
      Then the slave leaves the set
      And producers and consumers work
      And the group heals when the cut does
      And no epoch had two masters
      And every acknowledged message is readable from the new master

      Examples:
        | sender | receiver |
        | master | slave    |
        | slave  | master   |

  @CTL-DEP-04
  Rule: Controllers elect while one of them does not hear the leader

    Scenario: the cut is one-way, from the leading controller to another
      Given a group under three controllers, with traffic
      When what the leading controller sends does not reach one of the others
      Then producers and consumers work
      And a master that is killed now is replaced
      And the group heals when the cut does
      And no epoch had two masters
      And every acknowledged message is readable from the new master

  @CTL-PAR-10
  Rule: Controllers and brokers that reach only some of the others lose nothing

    Scenario: a ring
      Given a group under three controllers, with traffic
      When controllers and brokers stand in a ring, each reaching its neighbours
      Then producers and consumers work
      And the group heals when the cut does
      And no epoch had two masters
      And every acknowledged message is readable from the new master

    Scenario: a bridge
      Given a group under three controllers, with traffic
      When a single controller is the bridge between two halves
      Then producers and consumers work
      And the group heals when the cut does
      And no epoch had two masters
      And every acknowledged message is readable from the new master
