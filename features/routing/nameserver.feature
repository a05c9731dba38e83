Feature: NameServers beside and around controllers

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-CFG-01
  Rule: A NameServer carries a controller only when it is told to

    Scenario: enableControllerInNamesrv is false unless set
      When a group of 2 fixed-role brokers with a new NameServer without a controller
      Then the NameServer has enableControllerInNamesrv false

    Scenario: enableControllerInNamesrv is set
      When a group of 2 fixed-role brokers with a new NameServer with its controller
      Then the NameServer has enableControllerInNamesrv true

  @CTL-DEP-07
  Rule: NameServers answer routes without a majority of their controllers

    Scenario: two of three NameServers with controllers die
      Given a group of 2 controller-mode brokers with three new NameServers with their controllers
      And producers and consumers at work
      When two of the three controllers are killed
      And none has come back when every broker has missed it
      Then producers and consumers work
      And every NameServer answers the same routes
      And every acknowledged message is readable from the new master

    Scenario: the group switches again when they are back
      Given a group of 2 controller-mode brokers with three new NameServers with their controllers
      And producers and consumers at work
      And two of the three controllers are killed
      And the master is killed
      And no replica takes over
      When the killed controllers start again
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master

  @CTL-DEP-08
  Rule: A NameServer keeps no routes: brokers bring them back

    Scenario: NameServers with and without a controller lose their data
      Given a group of 2 controller-mode brokers with a new NameServer with its controller and one without
      And producers and consumers at work
      When every NameServer is killed and starts without its data
      Then every NameServer answers the same routes
      And producers and consumers work
      And every acknowledged message is readable from the new master

  @CTL-DEP-09
  Rule: Controllers apart need a NameServer beside them

    Scenario: a controller is taken for a NameServer
      Given a group of 2 controller-mode brokers with an old NameServer and a controller apart
      When producers and consumers have worked
      Then a client that takes the controller for a NameServer finds no route
      And every acknowledged message is readable from the new master

    Scenario: the NameServer starts last
      Given a group of 2 controller-mode brokers with a controller and a NameServer that has not started
      When the NameServer starts
      Then the group is online
      And producers and consumers work
      And every acknowledged message is readable from the new master
