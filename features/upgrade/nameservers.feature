Feature: NameServers are upgraded

  @CTL-UPG-01
  Rule: NameServers are exchanged one after another, and clients notice nothing

    Scenario: two of them under load
      Given a site with traffic, as the plan "nameservers-one-by-one" begins: NameServers 2, controllers 0, groups 2 of 2 replicas
      When the plan is played
      Then every step comes to hold
      And every acknowledged message is readable, and was delivered
