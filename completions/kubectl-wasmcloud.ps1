# PowerShell completion for kubectl-wasmcloud: dot-source it in $PROFILE.

Register-ArgumentCompleter -Native -CommandName 'kubectl-wasmcloud' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
    if ($wordToComplete -eq '') { $words += '' }
    # Older ones drop an empty word on the way to a program.
    if ($PSVersionTable.PSVersion -lt [version]'7.3') { $words = @($words | ForEach-Object { if ($_ -eq '') { '""' } else { $_ } }) }
    & kubectl-wasmcloud __complete @words 2>$null | Where-Object { $_ -notmatch '^:\d+$' } | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
