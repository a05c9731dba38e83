Feature: NameServers are upgraded

  @CTL-UPG-01
  Rule: NameServers are exchanged one after another, and clients notice nothing

    Scenario: two of them under load
      Given a site of 2 NameServers, 2 groups of 2 replicas with traffic, before "nameservers-one-by-one"
      When the plan is played
      Then every step comes to hold
      And no group took no message for longer than 3000 ms
      And every acknowledged message is readable, and was delivered
