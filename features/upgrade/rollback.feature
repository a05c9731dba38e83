Feature: Upgrades are taken back
  Until a point of no return, what was played is taken back step by step, and messages that came meanwhile stay.

  Background:
    Given brokers that wait for every in-sync replica

  @CTL-UPG-03
  Rule: A group that entered controller mode goes back to fixed roles with all its data

    Scenario Outline: after step <step>, when <state>
      Given a site of 1 NameServer, 1 controller, 1 group of 2 replicas with traffic, before "master-slave-aligned"
      When the plan is played up to step <step>, and taken back
      Then the site is as it was before
      And every acknowledged message is readable, and was delivered

      Examples:
        | step | state                        |
        | 3    | writes are forbidden         |
        | 5    | both replicas stopped        |
        | 8    | files were changed           |
        | 10   | the master serves alone      |
        | 11   | the group is in the new mode |

  Rule: Other procedures without a point of no return can be taken back from their end

    Scenario Outline: <plan>
      Given a site of <site> with traffic, before "<plan>"
      When the plan is played, and taken back
      Then the site is as it was before
      And every acknowledged message is readable, and was delivered

      @CTL-UPG-01
      Examples:
        | plan                   | site                                 |
        | nameservers-one-by-one | 2 NameServers, 1 group of 2 replicas |

      @CTL-UPG-02
      Examples:
        | plan                                | site                                             |
        | master-slave-beside-old-nameservers | 1 NameServer, 1 controller, 1 group of 2 replicas |

      @CTL-UPG-03
      Examples:
        | plan                 | site                                             |
        | master-slave-by-copy | 1 NameServer, 1 controller, 1 group of 2 replicas |

      @CTL-UPG-04
      Examples:
        | plan                      | site                                             |
        | master-slave-master-first | 1 NameServer, 1 controller, 1 group of 2 replicas |

      @CTL-DSN-20
      Examples:
        | plan            | site                                             |
        | rolling-restart | 1 NameServer, 1 controller, 1 group of 2 replicas |

      @CTL-DEP-02
      Examples:
        | plan                           | site                                              |
        | controllers-out-of-nameservers | 2 NameServers, 1 controller, 1 group of 2 replicas |
        | controllers-into-nameservers   | 2 NameServers, 1 controller, 1 group of 2 replicas |

      @CTL-CFG-03
      Examples:
        | plan                     | site                                               |
        | controllers-one-to-three | 1 NameServer, 3 controllers, 1 group of 2 replicas |
