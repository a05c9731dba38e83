Feature: How a replica with an empty disk begins

  @CTL-BRK-15
  Rule: With syncFromLastFile it begins at the last file of the master's log, without it at the first

    Scenario Outline: syncFromLastFile <setting>
      Given brokers with the settings
        | syncFromLastFile        | <setting> |
        | mappedFileSizeCommitLog | 1048576   |
      And a master whose log has several files
      When a replica with an empty disk comes
      Then its log begins at the <file> file of the master's log
      And it gets into the set
      And every acknowledged message is readable from the new master

      Examples:
        | setting | file  |
        | true    | last  |
        | false   | first |
