import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { r as settingKeys } from "./config-CoZMqRVD.js";
import { t as packagedCatalogue } from "./field-catalogue-CiZSzdjB.js";
import { i as SET_FLAG, r as REMOTE_FLAGS, t as GLOBAL_FLAGS } from "./flags-DDLih1yH.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";

// dist/cli/completion.js
/** Values of options that every command has. */
const GLOBAL_VALUES = {
	"--config": "file",
	"--data": "directory",
	"--ca": "file",
	"--set": "assignment"
};
/** Every command with what may follow it, the program itself (an empty path) first. */
function completedCommands(commands) {
	const found = [];
	const visit = (path, summary, command, inner) => {
		const flags = [
			...command.options ?? [],
			...command.connects === true ? REMOTE_FLAGS : [],
			...GLOBAL_FLAGS,
			SET_FLAG,
			["--help", "show the help"]
		];
		found.push({
			path,
			summary,
			subcommands: inner.map(({ name, summary: what }) => ({
				name,
				summary: what
			})),
			options: flags.map(([spelling, help]) => optionOf(spelling, help, command.completes ?? {})),
			operand: command.completes?.["operand"] ?? null
		});
		for (const one of inner) visit([...path, one.name], one.summary, one, one.commands ?? []);
	};
	visit([], "", {}, commands);
	return found;
}
function optionOf(spelling, help, completes) {
	const names = spelling.split(/[ ,]+/).filter((word) => word.startsWith("-"));
	const long = names.find((name) => name.startsWith("--")) ?? names[0] ?? "";
	return {
		names,
		help,
		takesValue: /[<[]/.test(spelling),
		values: completes[long] ?? GLOBAL_VALUES[long] ?? null
	};
}

// dist/cli/completion-scripts.js
/** A text in single quotes for a POSIX shell. */
function quoted(text) {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
function key(path) {
	return path.join(" ");
}
/** Words, or what bash's `compgen` is to do, for a place. */
function bashWords(words) {
	if (words === null) return ":";
	if (words === "file") return "_lookback_files";
	if (words === "directory") return "_lookback_directories";
	if (words === "field") return "_lookback_listed \"$_lookback_fields\"";
	if (words === "setting") return "_lookback_words \"$_lookback_settings\"";
	if (words === "assignment") return "_lookback_words \"${_lookback_settings// /= }=\"";
	return `_lookback_words ${quoted(words.join(" "))}`;
}
/** A completion script for bash 4 or later. */
function bashScript(commands, names) {
	const next = commands.filter(({ subcommands }) => subcommands.length > 0).map(({ path, subcommands }) => `    ${quoted(key(path))}) echo ${quoted(subcommands.map(({ name }) => name).join(" "))} ;;`);
	const options = commands.map(({ path, options: own }) => `    ${quoted(key(path))}) echo ${quoted(own.flatMap((option) => option.names).join(" "))} ;;`);
	const values = commands.flatMap(({ path, options: own }) => own.filter(({ takesValue }) => takesValue).map((option) => `    ${option.names.map((name) => quoted(`${key(path)}|${name}`)).join("|")}) ${bashWords(option.values)}; return ;;`));
	const operands = commands.filter(({ operand }) => operand !== null).map(({ path, operand }) => `    ${quoted(key(path))}) ${bashWords(operand)} ;;`);
	return `# Completion of lookback for bash: source <(lookback completion bash)
_lookback_fields=${quoted(names.fields.join(" "))}
_lookback_settings=${quoted(names.settings.join(" "))}
_lookback_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current"); [[ \${COMPREPLY[0]-} == *= ]] && compopt -o nospace; }
_lookback_files() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); }
_lookback_directories() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current"); }
# Names separated by commas: the last one is completed.
_lookback_listed() {
  local head=''
  [[ $current == *,* ]] && head="\${current%,*},"
  mapfile -t COMPREPLY < <(compgen -P "$head" -W "$1" -- "\${current##*,}")
  compopt -o nospace
}
_lookback_next() {
  case "$1" in
${next.join("\n")}
  esac
}
_lookback_options() {
  case "$1" in
${options.join("\n")}
  esac
}
_lookback() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path='' word at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word="\${COMP_WORDS[at]}"
    if [[ " $(_lookback_next "$path") " == *" $word "* ]]; then path="\${path:+$path }$word"; fi
  done
  COMPREPLY=()
  case "$path|$before" in
${values.join("\n")}
  esac
  if [[ $current == -* ]]; then _lookback_words "$(_lookback_options "$path")"; return; fi
  local inner
  inner="$(_lookback_next "$path")"
  if [[ -n $inner ]]; then _lookback_words "$inner"; return; fi
  case "$path" in
${operands.join("\n")}
  esac
}
complete -F _lookback lookback
`;
}
/** What completes a value. For operands no words are `()`: with a message instead, zsh would not complete options there. */
function zshValues(words) {
	if (words === null) return " ";
	if (words === "file") return "_files";
	if (words === "directory") return "_files -/";
	if (words === "field") return "{_values -s , field $_lookback_fields}";
	if (words === "setting") return "{compadd -- $_lookback_settings}";
	if (words === "assignment") return "{compadd -S = -- $_lookback_settings}";
	return `(${words.join(" ")})`;
}
/** Text inside a specification of `_arguments`: brackets and colons have a meaning there. */
function zshText(text) {
	return text.replace(/[[\]:\\]/g, (sign) => `\\${sign}`);
}
/** A specification of `_arguments` for each spelling of an option. */
function zshOption({ names, help, takesValue, values }) {
	return names.map((name) => quoted(`*${name}[${zshText(help)}]${takesValue ? `:value:${zshValues(values)}` : ""}`));
}
/** A completion script for zsh. */
function zshScript(commands, names) {
	const functions = commands.map(({ path, subcommands, options, operand }) => {
		const specs = options.flatMap(zshOption);
		const inner = subcommands.length === 0 ? [quoted(`*:operand:${operand === null ? "()" : zshValues(operand)}`)] : [quoted("1:command:->command"), quoted("*::argument:->argument")];
		const branch = subcommands.length === 0 ? "" : `
  case $state in
    command) local -a found=(${subcommands.map(({ name, summary }) => quoted(`${name}:${summary}`)).join(" ")}); _describe command found ;;
    argument) case $words[1] in ${subcommands.map(({ name }) => `${name}) ${functionOf([...path, name])} ;;`).join(" ")} esac ;;
  esac`;
		return `${functionOf(path)}() {
  local context state line; typeset -A opt_args
  _arguments -C ${[...specs, ...inner].join(" \\\n    ")}${branch}
}`;
	});
	return `#compdef lookback
# Completion of lookback for zsh: lookback completion zsh > ~/.zfunc/_lookback, with ~/.zfunc in fpath
typeset -ga _lookback_fields=(${names.fields.join(" ")})
typeset -ga _lookback_settings=(${names.settings.join(" ")})
${functions.join("\n")}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _lookback "$@"; else compdef _lookback lookback; fi
`;
}
function functionOf(path) {
	return ["_lookback", ...path].join("_").replaceAll("-", "_");
}
function fishValues(words) {
	if (words === null) return "-x";
	if (words === "file") return "-r -F";
	if (words === "directory") return "-x -a '(__fish_complete_directories)'";
	if (words === "field") return "-x -a '(__fish_append , $_lookback_fields)'";
	if (words === "setting") return "-x -a '$_lookback_settings'";
	if (words === "assignment") return "-x -a '$_lookback_settings='";
	return `-x -a ${quoted(words.join(" "))}`;
}
/** A completion script for fish. */
function fishScript(commands, names) {
	const lines = [];
	for (const { path, subcommands, options, operand } of commands) {
		const seen = path.length === 0 ? "__fish_use_subcommand" : path.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
		const none = subcommands.length > 0 && path.length > 0 ? `; and not __fish_seen_subcommand_from ${subcommands.map(({ name }) => name).join(" ")}` : "";
		for (const { name, summary } of subcommands) lines.push(`complete -c lookback -n ${quoted(seen + none)} -f -a ${name} -d ${quoted(summary)}`);
		for (const { names: spellings, help, takesValue, values } of options) {
			const flags = spellings.map((spelling) => spelling.startsWith("--") ? `-l ${spelling.slice(2)}` : `-s ${spelling.slice(1)}`).join(" ");
			lines.push(`complete -c lookback -n ${quoted(seen)} ${flags} -d ${quoted(help)}${takesValue ? ` ${fishValues(values)}` : " -f"}`);
		}
		if (subcommands.length === 0 && operand !== "file") lines.push(`complete -c lookback -n ${quoted(seen)} ${operand === null ? "-f" : fishValues(operand)}`);
	}
	return `# Completion of lookback for fish: lookback completion fish > ~/.config/fish/completions/lookback.fish
set -g _lookback_fields ${names.fields.map(quoted).join(" ")}
set -g _lookback_settings ${names.settings.join(" ")}
${lines.join("\n")}
`;
}

// dist/cli/commands/completion.js
const SCRIPTS = {
	bash: bashScript,
	zsh: zshScript,
	fish: fishScript
};
/** Prints a completion script, made from the commands as this version has them. */
function run({ operands: [shell], commands, print }) {
	if (shell !== "bash" && shell !== "zsh" && shell !== "fish") return Promise.reject(new LookbackError("BAD_INPUT", `there is no completion for ${String(shell).slice(0, 40)}; there are ${Object.keys(SCRIPTS).join(", ")}`));
	const fields = [...new Set(packagedCatalogue().names())].filter((name) => /^[\w.-]+$/.test(name)).sort();
	print(SCRIPTS[shell](completedCommands(commands), {
		fields,
		settings: settingKeys()
	}).trimEnd());
	return Promise.resolve(EXIT.ok);
}

export { run };