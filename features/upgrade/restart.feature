Feature: Brokers restart under load

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-DSN-20
  Rule: A group under controllers restarts replica by replica, and loses nothing

    Scenario: slaves first, the master last
      Given a site of 1 NameServer, 1 controller, 1 group of 3 replicas with traffic, before "rolling-restart"
      When the plan is played
      Then every step comes to hold
      And every acknowledged message is readable, and was delivered
