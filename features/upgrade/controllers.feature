Feature: Controllers change their places and their number
  Controllers hold roles and epochs, not messages: brokers serve while they are away.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-DEP-02 @CTL-DEP-03
  Rule: A controller leaves its NameServer, or moves into one, with its address and its data

    Scenario Outline: <plan>
      Given a site of 2 NameServers, 1 controller, 1 group of 2 replicas with traffic, before "<plan>"
      When the plan is played
      Then every step comes to hold
      And in every group another replica can take over
      And every acknowledged message is readable, and was delivered

      Examples:
        | plan                         |
        | controllers-out-of-nameservers |
        | controllers-into-nameservers   |

  @CTL-DEP-04 @CTL-CFG-03
  Rule: One controller becomes three that know what it knew

    Scenario: brokers keep their roles
      Given a site of 1 NameServer, 3 controllers, 1 group of 2 replicas with traffic, before "controllers-one-to-three"
      When the plan is played
      Then every step comes to hold
      And in every group another replica can take over
      And every acknowledged message is readable, and was delivered
