@from-apache
Feature: Controller mode of 5.0.0 and 5.1.0 goes to 5.1.1 or later
  Up to 5.1.0 controllers know brokers by their addresses, from 5.1.1 on by ids. These run on releases of Apache RocketMQ.

  @CTL-UPG-09 @CTL-UPG-10 @CTL-UPG-11 @CTL-UPG-12 @CTL-UPG-13 @CTL-UPG-14
  Rule: Controllers begin without data while brokers serve; then groups follow, the old master first

    Scenario: from 5.1.0 with a slave behind
      Given brokers that wait for every in-sync replica
      And a site of 1 NameServer, 1 controller, 1 group of 2 replicas with traffic on Apache 5.1.0, before "controller-mode-from-5.1.0"
      When the plan is played
      Then every step comes to hold
      And every acknowledged message is readable, and was delivered

    Scenario: from 5.1.0 with equal logs
      Given brokers that wait for every in-sync replica
      And a site of 1 NameServer, 1 controller, 1 group of 2 replicas with traffic on Apache 5.1.0, before "controller-mode-from-5.1.0-aligned"
      When the plan is played
      Then every step comes to hold
      And in every group another replica can take over
      And every acknowledged message is readable, and was delivered

  @CTL-UPG-15
  Rule: With a slave first, what only the old master has is lost

    Scenario: from 5.1.0 with unequal logs
      Given a site of 1 NameServer, 1 controller, 1 group of 2 replicas with traffic on Apache 5.1.0, before "controller-mode-from-5.1.0-roles-changed" is to show its loss
      When the plan is played, loss and all
      Then every step comes to hold
      And exactly the messages are lost that the slave lacked

  @CTL-CFG-05
  Rule: A controller of 5.1.x keeps what it knows when 5.2 or later is told its old folder

    Scenario: from 5.1.4
      Given brokers that wait for every in-sync replica
      And a site of 1 NameServer, 1 controller, 1 group of 2 replicas with traffic on Apache 5.1.4, before "controllers-past-5.2"
      When the plan is played
      Then every step comes to hold
      And every acknowledged message is readable, and was delivered
