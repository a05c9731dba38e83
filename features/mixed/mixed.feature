@mixed
Feature: Two implementations in one cluster
  Processes of the target and of a guest take each other for their own kind: on the wire, in elections and in each
  other's logs. Groups run with the documented no-loss setting.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-DEP-04
  Rule: Controllers of both form one group, which survives the loss of either

    Scenario Outline: the <leader> leads and is lost
      Given a group under two controllers of the target and one of the guest, with traffic
      And the <leader> leads the controllers
      When the leader of the controllers is lost
      Then the others elect one of them, and traffic goes on
      And they replace a master that is killed
      And every acknowledged message is readable from the new master
      And the lost controller follows them when it is back

      Examples:
        | leader |
        | guest  |
        | target |

  @CTL-DSN-04 @CTL-PAR-10
  Rule: A replica of the one takes over from a master of the other

    Scenario Outline: the <slave> follows the <master>
      Given a group in which the <slave> follows the <master>, with traffic
      When the master is killed
      Then the other replica takes over and accepts writes
      And the killed master follows the new one when it is back
      And takes over from it in turn
      And every acknowledged message is readable from the new master

      Examples:
        | slave  | master |
        | guest  | target |
        | target | guest  |

  @CTL-DSN-04
  Rule: Replicas of both find each other again after switches without a message between

    Scenario Outline: the <slave> follows the <master>, nobody sends
      Given an idle group in which the <slave> follows the <master>
      When each of them has been killed as master and is back
      Then producers and consumers work
      And every acknowledged message is readable from the new master

      Examples:
        | slave  | master |
        | guest  | target |
        | target | guest  |

  @CTL-CMP-20
  Rule: Brokers of the one switch under NameServer and controller of the other

    Scenario Outline: brokers of the <brokers>
      Given brokers of the <brokers> with NameServer and controller of the <nameserver>, with traffic
      When the master is killed
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

      Examples:
        | brokers | nameserver |
        | target  | guest      |
        | guest   | target     |
