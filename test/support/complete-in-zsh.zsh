# What a terminal's zsh makes of lines when TAB is pressed: zsh -f complete-in-zsh.zsh SCRIPT FILE LINE…
# SCRIPT is the completion script; the lines go to FILE as they are afterwards.
zmodload zsh/zpty || exit 77
script=$1 file=$2
shift 2
zpty shell zsh -f -i
zpty -w shell "PS1= RPS1=; autoload -Uz compinit; compinit -u -D; source ${(q)script}; setopt no_beep; LISTMAX=1000"
zpty -w shell "show() { print -r -- \"\$BUFFER\" >> ${(q)file}; BUFFER= }; zle -N show; bindkey '^X' show; : > ${(q)file}"
# Bounded: 10 s each.
for turn in {1..200}; do [[ -e $file ]] && break; sleep 0.05; done
for line in "$@"; do zpty -w -n shell "$line"$'\t\x18'; done
for turn in {1..200}; do [[ $(wc -l < $file) -ge $# ]] && break; while zpty -r -t shell drained; do :; done; sleep 0.05; done
zpty -d shell
