Feature: Losing a master
  However a master is lost, one of its slaves takes its place; it follows when it is back, and nothing acknowledged is lost.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-PAR-10 @CTL-DSN-01
  Rule: Another replica takes the place of a master that is lost in any way

    Scenario Outline: the master <fault>
      Given a group under one controller, with traffic
      When the master is lost: it <fault>
      Then another replica takes its place and accepts writes
      And the old master follows the new one when it is back
      And no epoch had two masters
      And every acknowledged message is readable from the new master

      Examples:
        | fault         |
        | is killed     |
        | is terminated |
        | freezes       |
        | is cut off    |

  @CTL-REG-04 @CTL-REG-09
  Rule: A group outlives master and leading controller together

    Scenario: both are killed at once
      Given a group under three controllers, with traffic
      When the master and the controller that leads are killed together
      Then another replica takes its place and accepts writes
      And everything that was killed comes back into one group
      And no epoch had two masters
      And every acknowledged message is readable from the new master

  @CTL-PAR-10 @CTL-CFG-07
  Rule: Who was never caught up with is waited for

    Scenario: the new master dies before the old one is back in the set
      Given a group under one controller, with traffic
      And a master that was killed and replaced
      When the new master is killed before the old one is back in the set, and the old one comes back
      Then no replica takes over
      And the restarted master has every acknowledged message
      And no epoch had two masters

  @CTL-PAR-10
  Rule: A deposed master takes no more writes

    Scenario: it froze and does not know yet
      Given brokers with the settings
        | slaveTimeout | 500 |
      And a group under one controller, with traffic
      And a producer that knows no other broker than the master
      When the master freezes until another one is elected
      Then the old master follows the new one when it is back
      And that producer is refused in the end
      And no epoch had two masters
      And every acknowledged message is readable from the new master

    @CTL-REG-06
    Scenario: it is cut off with some of its clients
      Given brokers with the settings
        | slaveTimeout | 500 |
      And a group under three controllers, with traffic
      And a producer that knows no other broker than the master
      When the master is lost: it is cut off
      Then another replica takes its place and accepts writes
      And that producer gets nothing acknowledged and nobody is given its messages
      And the old master follows the new one when it is back
      And that producer is refused in the end
      And no epoch had two masters
      And every acknowledged message is readable from the new master

  @CTL-DSN-01 @CTL-DSN-02 @CTL-REG-15
  Rule: Epochs only grow, also while nothing is sent

    Scenario: the master changes 30 times
      Given a group under one controller, with traffic
      And producers that stopped
      When the master changes 30 times while nothing is sent
      Then no epoch had two masters
      And all replicas have the same epochs and the same log
      And the last epoch in the list is that of the master
      And every acknowledged message is readable from the new master
