# fish completion for kubectl-wasmcloud: put it into ~/.config/fish/completions, or source it.

function __kubectl_wasmcloud
    set -l words (commandline -opc) (commandline -ct)
    set -l directive 0
    for line in (kubectl-wasmcloud __complete $words[2..-1] 2>/dev/null)
        if string match -qr '^:[0-9]+$' -- $line
            set directive (string sub -s 2 -- $line)
        else
            echo $line
        end
    end
    if test (math "floor($directive / 16) % 2") -eq 1
        __fish_complete_directories (commandline -ct) ''
    else if test (math "floor($directive / 4) % 2") -eq 0
        __fish_complete_path (commandline -ct) ''
    end
end

complete -c kubectl-wasmcloud -f -a '(__kubectl_wasmcloud)'
