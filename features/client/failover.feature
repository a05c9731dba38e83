Feature: Clients outlive a master
  Clients as their makers published them, with nothing told of controllers or of a switch: they find the new master by
  themselves, and nothing that was acknowledged to them is lost. How long each was without a master is in the report.

  @CTL-CMP-13
  Rule: No client changes for controller mode

    Scenario Outline: the master of <client> <fault>
      Given the client <client>
      And brokers that wait for every in-sync replica
      And a group of 2 controller-mode brokers with <nameservers>
      And a producer and a consumer of <client> at work
      When the master is lost: it <fault>
      Then the client goes on by itself
      And no epoch had two masters
      And everything acknowledged to the client is delivered, and in the log of the new master

      @go
      Examples:
        | client     | fault     | nameservers                                 |
        | go         | is killed | a new NameServer with its controller        |

      @java
      Examples:
        | client     | fault     | nameservers                                 |
        | java:4.9.7 | is killed | an old NameServer and a controller apart    |
        | java:5.3.3 | is killed | a new NameServer with its controller        |

      @slow
      Examples:
        | client     | fault     | nameservers                                 |
        | go         | freezes   | a new NameServer with its controller        |
        | java:4.9.7 | freezes   | an old NameServer and a controller apart    |
        | java:5.3.3 | freezes   | a new NameServer with its controller        |

  Rule: Without a fault nothing fails and nothing comes twice

    @java
    Scenario: a client of the old release with brokers of the old release
      Given the client java:4.9.7
      And a group of 2 old brokers with an old NameServer
      When a producer and a consumer of java:4.9.7 have done their work
      Then every send was acknowledged and every message delivered once

  @CTL-OPS-01 @CTL-OPS-02 @CTL-OPS-03
  Rule: The tools of a release tell how a group stands

    @java
    Scenario: mqadmin after a switch
      Given the client java:5.3.3
      And brokers that wait for every in-sync replica
      And a group under one controller, with traffic
      When the master is lost: it is killed
      Then another replica takes its place and accepts writes
      And the old master follows the new one when it is back
      And the mqadmin of Apache RocketMQ tells how things are
