Feature: Old and new releases together
  What the deployment page promises for each pair of NameServer and broker: does the group come online, does traffic
  work, and does a replica take over when the master dies. Groups run with the documented no-loss setting.

  Background:
    Given brokers that wait for every in-sync replica

  Rule: An old broker works with every NameServer, and nothing switches

    Scenario Outline: old brokers, <nameservers>
      Given a group of 2 old brokers with <nameservers>
      Then the group is online
      And producers and consumers work
      And they still do after a short cut to the <peer>
      And the stock client of the run, if it has one, is at work
      When the master is killed
      Then no replica takes over
      And the restarted master has every acknowledged message
      And that client goes on by itself and has lost nothing

      @CTL-CMP-01
      Examples:
        | nameservers        | peer       |
        | an old NameServer  | NameServer |

      @CTL-CMP-02
      Examples:
        | nameservers                              | peer       |
        | an old NameServer and a controller apart | NameServer |

      @CTL-CMP-03
      Examples:
        | nameservers                          | peer       |
        | a new NameServer with its controller | NameServer |

      @CTL-CMP-04
      Examples:
        | nameservers                           | peer       |
        | a new NameServer without a controller | NameServer |

  Rule: A new broker in controller mode needs a controller

    Scenario Outline: controller-mode brokers, <nameservers>
      Given a group of 2 controller-mode brokers with <nameservers>
      Then the group does not come online
      And producers find no route
      And the stock client of the run, if it has one, finds none
      When the cut to the <peer> has come and gone
      Then the group does not come online

      @CTL-CMP-05
      Examples:
        | nameservers       | peer       |
        | an old NameServer | NameServer |

      @CTL-CMP-08
      Examples:
        | nameservers                           | peer       |
        | a new NameServer without a controller | NameServer |

  Rule: A new broker in controller mode switches when a controller is there

    Scenario Outline: controller-mode brokers, <nameservers>
      Given a group of 2 controller-mode brokers with <nameservers>
      Then the group is online
      And producers and consumers work
      And they still do after a short cut to the <peer>
      And the stock client of the run, if it has one, is at work
      When the master is killed
      Then the other replica takes over and accepts writes
      And every acknowledged message is readable from the new master
      And that client finds the new master by itself and has lost nothing

      @CTL-CMP-06
      Examples:
        | nameservers                              | peer       |
        | an old NameServer and a controller apart | controller |

      @CTL-CMP-07
      Examples:
        | nameservers                          | peer       |
        | a new NameServer with its controller | controller |

  Rule: A new broker without controller mode works with every NameServer, and nothing switches

    Scenario Outline: new brokers with fixed roles, <nameservers>
      Given a group of 2 fixed-role brokers with <nameservers>
      Then the group is online
      And producers and consumers work
      And they still do after a short cut to the <peer>
      And the stock client of the run, if it has one, is at work
      When the master is killed
      Then no replica takes over
      And the restarted master has every acknowledged message
      And that client goes on by itself and has lost nothing

      @CTL-CMP-09
      Examples:
        | nameservers       | peer       |
        | an old NameServer | NameServer |

      @CTL-CMP-10
      Examples:
        | nameservers                              | peer       |
        | an old NameServer and a controller apart | NameServer |

      @CTL-CMP-11
      Examples:
        | nameservers                          | peer       |
        | a new NameServer with its controller | NameServer |

      @CTL-CMP-12
      Examples:
        | nameservers                           | peer       |
        | a new NameServer without a controller | NameServer |
