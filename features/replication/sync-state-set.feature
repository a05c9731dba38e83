Feature: Who is in the SyncStateSet
  The master takes out who does not catch up in time and takes in who does, and the controller keeps the agreed set.

  @CTL-DSN-23
  Rule: The set contains the master and the slaves that keep up

    Scenario: three replicas keep up
      When 3 replicas under a controller have traffic
      Then all of them are in the set, the master among them
      And every acknowledged message is readable from the new master

  @CTL-BRK-11 @CTL-BRK-09 @CTL-DSN-18 @CTL-DSN-19
  Rule: A slave that does not catch up within haMaxTimeSlaveNotCatchup is taken out at the next check

    Scenario: a slave freezes under traffic
      Given brokers with the settings
        | haHousekeepingInterval | 20000 |
      And 2 replicas under a controller with traffic
      When a slave freezes
      Then it leaves the set when its time is up, not before
      And sends are acknowledged
      And every acknowledged message is readable from the new master

  @CTL-DSN-18
  Rule: A slave that has everything is in sync however long nothing is sent

    Scenario: an idle group
      Given 2 replicas under a controller with traffic
      When producers stop
      Then the set stays as it is
      And every acknowledged message is readable from the new master

  @CTL-DSN-20
  Rule: A slave joins the set when it has caught up

    Scenario: a slave that was out goes on under traffic
      Given 2 replicas under a controller with traffic
      And a slave that froze until it was out of the set
      When it goes on
      Then it is in the set again without a restart
      And every acknowledged message is readable from the new master

    Scenario: a slave that died comes back under traffic
      Given 2 replicas under a controller with traffic
      And a slave that was dead until it was out of the set
      When it goes on
      Then it is in the set again
      And every acknowledged message is readable from the new master

  @CTL-BRK-07
  Rule: A broker that is silent for controllerHeartBeatTimeoutMills counts as dead

    Scenario: a slave freezes
      Given 2 replicas under a controller with traffic
      When a slave freezes
      Then the controller counts it as dead when its time is up, not before
      And every acknowledged message is readable from the new master

  @CTL-PAR-09 @CTL-PAR-07
  Rule: Shrinking is judged by time without catching up, not by the distance in the log

    Scenario Outline: a slave falls behind and catches up in time, haMaxGapNotInSync <gap>
      Given brokers with the settings
        | haMaxGapNotInSync        | <gap> |
        | haMaxTimeSlaveNotCatchup | 8000  |
        | checkSyncStateSetPeriod  | 200   |
        | haHousekeepingInterval   | 20000 |
      And 2 replicas under a controller with traffic
      When a slave freezes until it is far behind, and goes on
      Then nobody has left the set meanwhile
      And every acknowledged message is readable from the new master

      Examples:
        | gap       |
        | 1         |
        | 268435456 |

  @CTL-PAR-12
  Rule: A low haMaxTimeSlaveNotCatchup shrinks the set at a short interruption, a high one does not

    Scenario Outline: a slave freezes for a second and a half, limit <limit> ms
      Given brokers with the settings
        | haMaxTimeSlaveNotCatchup | <limit> |
        | checkSyncStateSetPeriod  | 200     |
        | haHousekeepingInterval   | 20000   |
      And 2 replicas under a controller with traffic
      When a slave freezes for 1500 ms
      Then <outcome> meanwhile
      And every acknowledged message is readable from the new master

      Examples:
        | limit | outcome                 |
        | 300   | it has left the set     |
        | 10000 | nobody has left the set |

  @CTL-REG-13
  Rule: Slaves that are lost together leave the set together

    Scenario: two of three replicas die at once
      Given 3 replicas under a controller with traffic
      When 2 slaves are killed
      Then the master is alone in the set
      And sends are acknowledged
      And every acknowledged message is readable from the new master

  @CTL-REG-10
  Rule: The master goes on to check the set after the controller had another one than it

    Scenario: a slave was taken out behind the master's back
      Given a group under one controller, with traffic
      When the master asks for a smaller SyncStateSet
      Then the answer is the one that this sender deserves
      And all of them are in the set, the master among them
      And a slave that freezes now leaves it
      And every acknowledged message is readable from the new master

  @CTL-REG-05
  Rule: Nothing is lost when the set grew and its master did not hear of it

    Scenario: the answer to a grown set does not arrive
      Given brokers that wait for every in-sync replica
      And a group under one controller, with traffic
      And a slave that was dead until it was out of the set
      When the master hears no controller while the slave comes back into the set
      And the master that did not hear it is killed
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

  @CTL-REG-12
  Rule: Who opens the HA port and leaves is forgotten

    Scenario: 50 connections come and go
      Given 2 replicas under a controller with traffic
      When 50 strangers knock at the HA port of the master
      Then the master counts its slaves alone
      And sends are acknowledged
      And every acknowledged message is readable from the new master
