Feature: Defaults that the deployment page names
  What brokers and controllers report when their files name nothing but addresses and folders.

  Rule: Brokers and controllers report the documented defaults

    Scenario Outline: <key> of a <role>
      When servers run whose files set no parameter
      Then every <role> reports <key> as <value>

      @CTL-BRK-01
      Examples:
        | role   | key                  | value |
        | broker | enableControllerMode | false |

      @CTL-BRK-06
      Examples:
        | role   | key                            | value |
        | broker | fetchControllerAddrByDnsLookup | false |

      @CTL-BRK-07
      Examples:
        | role   | key                             | value |
        | broker | controllerHeartBeatTimeoutMills | 10000 |

      @CTL-BRK-08
      Examples:
        | role   | key                      | value |
        | broker | syncBrokerMetadataPeriod | 5000  |

      @CTL-BRK-09
      Examples:
        | role   | key                     | value |
        | broker | checkSyncStateSetPeriod | 5000  |

      @CTL-BRK-10
      Examples:
        | role   | key                          | value |
        | broker | syncControllerMetadataPeriod | 10000 |

      @CTL-BRK-11
      Examples:
        | role   | key                      | value |
        | broker | haMaxTimeSlaveNotCatchup | 15000 |

      @CTL-BRK-13
      Examples:
        | role   | key                  | value |
        | broker | allAckInSyncStateSet | false |

      @CTL-BRK-15
      Examples:
        | role   | key              | value |
        | broker | syncFromLastFile | false |

      @CTL-BRK-16
      Examples:
        | role   | key          | value |
        | broker | asyncLearner | false |

      @CTL-BRK-18
      Examples:
        | role   | key            | value |
        | broker | inSyncReplicas | 1     |

      @CTL-BRK-19
      Examples:
        | role   | key               | value |
        | broker | minInSyncReplicas | 1     |
