# Nushell completion for kubectl-wasmcloud: `source` it in config.nu.

def "nu-complete kubectl-wasmcloud" [line: string] {
    let words = ($line | split row --regex '\s+' | skip 1)
    let lines = (do { ^kubectl-wasmcloud __complete ...$words } | complete | get stdout | lines)
    $lines | where { |line| not ($line =~ '^:\d+$') } | each { |line|
        let parts = ($line | split row "\t")
        { value: ($parts | first), description: ($parts | skip 1 | str join " ") }
    }
}

export extern "kubectl-wasmcloud" [...words: string@"nu-complete kubectl-wasmcloud"]
