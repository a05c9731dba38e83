@identity-by-address
Feature: Brokers known by address and brokers known by id
  Up to 5.1.0 a controller knows brokers by their addresses, from 5.1.1 on by ids: what brokers of the one kind do under
  controllers of the other. These run when a target of the run is of 5.1.0 or older.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-CMP-17
  Rule: Brokers and controllers of the old kind serve and switch

    Scenario: both are of releases up to 5.1.0
      Given brokers up to 5.1.0 under controllers up to 5.1.0
      And a group of 2 controller-mode brokers with a new NameServer and a controller apart
      Then the group is online
      And producers and consumers work
      When the master is killed
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

  @CTL-CMP-18
  Rule: A broker of the old kind that starts under a controller of the new kind stays offline

    Scenario: brokers of releases up to 5.1.0
      Given brokers up to 5.1.0 under controllers from 5.1.1 on
      And a group of 2 controller-mode brokers with a new NameServer and a controller apart
      Then the group does not come online
      And producers find no route

  @CTL-CMP-19
  Rule: A broker of the new kind that starts under a controller of the old kind stays offline

    Scenario: brokers of releases from 5.1.1 on
      Given brokers from 5.1.1 on under controllers up to 5.1.0
      And a group of 2 controller-mode brokers with a new NameServer and a controller apart
      Then the group does not come online
      And producers find no route
