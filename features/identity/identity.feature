Feature: Who a broker is
  Controllers know a broker by its id, which it keeps on its disk; its address only says where it is now.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-ID-10
  Rule: A broker that restarts is the replica it was

    Scenario: a slave restarts
      Given a group under one controller, with traffic
      And the ids of all replicas
      When a slave restarts
      Then all ids are what they were
      And every acknowledged message is readable from the new master

  @CTL-ID-03
  Rule: NameServers list the master under 0 and slaves under their ids

    Scenario: master and slave have changed places
      Given a group under one controller, with traffic
      And another replica that took over from a master that was killed
      When the old master comes back
      Then NameServers list the master under 0 and each slave under its id
      And every acknowledged message is readable from the new master

  @CTL-ID-02 @CTL-ID-09 @CTL-REG-20
  Rule: A broker at another address is the replica it was

    Scenario: a slave moves
      Given a group under one controller, with traffic
      When a slave restarts at another address
      Then it is the same replica at its new address
      And it takes over when the master is killed
      And every acknowledged message is readable from the new master

    Scenario: a master moves
      Given a group under one controller, with traffic
      And another replica that took over from a master that was killed
      When the old master comes back at another address
      Then it is the same replica at its new address
      And it takes over when the master is killed
      And every acknowledged message is readable from the new master

  @CTL-ID-14 @CTL-ID-13
  Rule: A broker that lost its identity is a new replica, and the one it was stays listed at the same address

    Scenario: a slave loses its identity
      Given a group under one controller, with traffic
      When a slave restarts without its identity
      Then it is a new replica, and the one it was counts as dead
      And it takes over when the master is killed
      And every acknowledged message is readable from the new master

  Rule: An operator removes ids whose brokers are gone, and no others

    Scenario: the id of a broker that lost it
      Given a group under one controller, with traffic
      And a slave that restarted without its identity
      When an operator cleans the id that is dead
      Then the controllers have forgotten it
      And it takes over when the master is killed
      And every acknowledged message is readable from the new master

    Scenario: the id of a slave that lives
      Given a group under one controller, with traffic
      And the ids of all replicas
      When an operator cleans the id of a living slave
      Then that is refused
      And all ids are what they were
      And every acknowledged message is readable from the new master
