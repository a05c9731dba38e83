Feature: How a broker gets its id
  A broker asks its controllers for an id once in its life, and none is wasted, whenever it dies on the way.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-ID-01 @CTL-ID-04
  Rule: Ids of a group count from 1, and a new broker gets the next one

    Scenario: one broker after the other
      Given a master with traffic and a new broker that has not started
      When the new broker starts
      Then their ids count from 1, and no id is wasted
      And every acknowledged message is readable from the new master

  @CTL-ID-06 @CTL-ID-07
  Rule: An id belongs to one broker: another one that applies for it is refused, and gets another

    Scenario: two new brokers start at once
      Given a master with traffic and two new brokers that have not started
      When both start at once
      Then their ids count from 1, and no id is wasted
      And every acknowledged message is readable from the new master

    Scenario: a stranger applies for an id that is taken
      Given a group under one controller, with traffic
      When an id that is taken is applied for with another check code
      Then it is refused, and the next id stays
      And every acknowledged message is readable from the new master

  @CTL-ID-12
  Rule: Who applies again for an id that it was granted gets it again

    Scenario: the same id and check code come twice
      Given a group under one controller, with traffic
      When an id is applied for twice with the same check code
      Then it is granted, and the next id is one more
      And every acknowledged message is readable from the new master

  Rule: A broker that dies on its way to an id gets the one that it would have got

    Scenario Outline: it dies before <moment>
      Given a master with traffic and a new broker that has not started
      When the new broker dies before <moment>, and starts again
      Then their ids count from 1, and no id is wasted
      And every acknowledged message is readable from the new master

      @CTL-ID-11
      Examples:
        | moment                  |
        | any controller hears it |

      @CTL-ID-05 @CTL-ID-12
      Examples:
        | moment                          |
        | its id is granted               |
        | it hears that its id is its own |

      @CTL-ID-08
      Examples:
        | moment                    |
        | it has registered         |
        | it is in the SyncStateSet |
