Feature: How controllers are configured

  Rule: Documented defaults of a controller

    Scenario Outline: <key> is <value>
      When a group of 2 controller-mode brokers with a new NameServer with its controller
      Then every controller has <key> <value>

      @CTL-CFG-06
      Examples:
        | key                      | value |
        | enableElectUncleanMaster | false |

      @CTL-CFG-09
      Examples:
        | key                     | value |
        | notifyBrokerRoleChanged | true  |

      @CTL-CFG-11
      Examples:
        | key            | value   |
        | controllerType | DLedger |

  @CTL-CFG-02
  Rule: A controller of another group never joins

    Scenario: one of three controllers has another controllerDLegerGroup
      When a group under three controllers, one of them with controllerDLegerGroup strangers
      Then the group is online
      And that controller neither leads nor follows
      And producers and consumers work
      And every acknowledged message is readable from the new master

  @CTL-CFG-03
  Rule: Every controller tells the peers of its own file, so that a file that differs can be seen

    Scenario: one of three controllers has a file without one of the others
      Given a group under three controllers, with traffic
      When a controller that does not lead starts anew with a peer less in its file
      Then the controllers tell different peers
      And producers and consumers work
      And every acknowledged message is readable from the new master

  @CTL-CFG-04
  Rule: A controller whose controllerDLegerSelfId is no peer does not start

    Scenario: one of three controllers names itself wrongly
      When one of three controllers starts with controllerDLegerSelfId n9
      Then it refuses to start

  @CTL-CFG-09 @CTL-DSN-21
  Rule: Brokers that are not told ask, and find the new master themselves

    Scenario: controllers do not notify
      Given controllers with notifyBrokerRoleChanged false
      And brokers that wait for every in-sync replica
      And a group under one controller, with traffic
      When the master is killed
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

    Scenario: what controllers send to brokers does not arrive
      Given brokers that wait for every in-sync replica
      And a group under one controller, with traffic
      And controllers whose words do not reach the brokers
      When the master is killed
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

  @CTL-CFG-09
  Rule: Brokers are told

    Scenario: a broker that hardly ever asks
      Given brokers that wait for every in-sync replica
      And brokers with the settings
        | syncBrokerMetadataPeriod | 60000 |
      And a group under one controller, with traffic
      When the master is killed
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

  @CTL-CFG-10
  Rule: A silent master is replaced when its heartbeats are overdue and a scan finds it

    Scenario Outline: the master freezes, scanNotActiveBrokerInterval <interval> ms
      Given controllers with scanNotActiveBrokerInterval <interval>
      And controllers with scanInactiveMasterInterval <interval>
      And brokers that wait for every in-sync replica
      And a group under one controller, with traffic
      When the master of the group freezes
      Then another replica is elected when the heartbeats are overdue, within one scan
      And the frozen master is switched off
      And producers and consumers work
      And every acknowledged message is readable from the new master

      Examples:
        | interval |
        | 300      |
        | 3000     |

  Rule: An operator changes settings of running controllers

    Scenario: notifications are switched off
      Given brokers that wait for every in-sync replica
      And a group under three controllers, with traffic
      When an operator sets notifyBrokerRoleChanged to false
      Then every controller has notifyBrokerRoleChanged false
      And every acknowledged message is readable from the new master
