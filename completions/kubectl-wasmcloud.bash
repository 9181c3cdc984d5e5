# bash completion for kubectl-wasmcloud: source it, or put it where bash-completion looks.

_kubectl_wasmcloud() {
    local words=() word line value directive=0 glue= last=-1
    # Bash breaks words at = and :, the program does not.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ $word == [=:] && $last -ge 0 ]]; then
            words[last]+=$word
            glue=1
        elif [[ $glue ]]; then
            words[last]+=$word
            glue=
        else
            words[++last]=$word
        fi
    done
    local current=${words[last]}
    local whole=${current%"${current##*[=:]}"}
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :+([0-9]) ]]; then
            directive=${line#:}
        else
            value=${line%%$'\t'*}
            COMPREPLY+=("${value#"$whole"}")
        fi
    done < <(kubectl-wasmcloud __complete "${words[@]}" 2>/dev/null)
    ((directive & 2)) && compopt -o nospace 2>/dev/null
    if ((!(directive & 4))); then
        compopt -o filenames 2>/dev/null
        local kind=-f
        ((directive & 16)) && kind=-d
        while IFS= read -r line; do
            COMPREPLY+=("$line")
        done < <(compgen "$kind" -- "${current#"$whole"}")
    fi
}

complete -F _kubectl_wasmcloud kubectl-wasmcloud
