Feature: Where controllers run
  Inside NameServers or apart, one or three of them: what a deployment can bear, and what it loses with each controller.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-DEP-01 @CTL-REG-03
  Rule: A controller can run inside a NameServer

    Scenario: one process answers routes and elects
      Given a group of 2 controller-mode brokers with a new NameServer with its controller
      When producers and consumers have worked
      Then the controllers answer as one group with one leader
      And every acknowledged message is readable from the new master

  @CTL-DEP-02
  Rule: Some NameServers carry a controller, others do not

    Scenario: three NameServers with a controller and one without
      Given a group of 2 controller-mode brokers with three new NameServers with their controllers and one without
      When producers and consumers have worked
      Then the controllers answer as one group with one leader
      And every NameServer answers the same routes
      And every acknowledged message is readable from the new master

  @CTL-DEP-03 @CTL-OPS-01 @CTL-OPS-02 @CTL-OPS-06 @CTL-CFG-18 @CTL-DSN-23
  Rule: Three controllers are one group with one leader, and any of them tells an operator everything

    Scenario Outline: <nameservers>
      Given a group of 2 controller-mode brokers with <nameservers>
      When producers and consumers have worked
      Then the controllers answer as one group with one leader
      And every controller leads an operator to the whole SyncStateSet
      And every acknowledged message is readable from the new master

      Examples:
        | nameservers                                  |
        | a new NameServer and three controllers apart |
        | three new NameServers with their controllers |

  @CTL-DEP-04
  Rule: Three controllers go on without one of them, and stop switching without two

    Scenario Outline: <lost> is killed
      Given a group under three controllers, with traffic
      And <lost> is killed
      And the controllers answer as one group with one leader
      When the master of the group is killed
      Then the controllers record a living master from the former SyncStateSet
      And the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

      Examples:
        | lost                            |
        | a controller that does not lead |

      @CTL-REG-09
      Examples:
        | lost                      |
        | the controller that leads |

    Scenario: a master that died without a majority is replaced when the majority is back
      Given a group under three controllers, with traffic
      And two of the three controllers are killed
      And the master is killed
      And no replica takes over
      When the killed controllers start again
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

  @CTL-DEP-05 @CTL-RIP-02 @CTL-OPS-04
  Rule: One controller and two replicas suffice to switch

    Scenario: the master dies
      Given a group under one controller, with traffic
      When the master of the group is killed
      Then the controllers record a living master from the former SyncStateSet
      And the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

  @CTL-DEP-06 @CTL-RIP-01
  Rule: A group serves without its only controller, and does not switch

    Scenario: traffic goes on
      Given a group under one controller, with traffic
      When every controller is killed
      And none has come back when every broker has missed it
      Then producers and consumers work
      And every acknowledged message is readable from the new master

    Scenario: a master that died meanwhile is replaced when the controller is back
      Given a group under one controller, with traffic
      And every controller is killed
      And the master is killed
      And no replica takes over
      When the killed controller starts again
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master
