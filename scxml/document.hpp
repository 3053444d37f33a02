// document.hpp: a compiled SCXML document: flat tables that point into each other by index. Made once by compile(),
// never changed, shared by every session that runs it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scxml/candidates.hpp"
#include "scxml/document_origin.hpp"
#include "scxml/value.hpp"
#include "scxml/vocabulary.hpp"
#include "scxml/ways.hpp"

namespace chainring::scxml {

/// Position in one of the tables. Documents are limited to 10,000 elements, so 16 bits are enough.
using index = std::uint16_t;
namespace missing {
inline constexpr index none = 0xffff;
}
using namespace missing; // not at once: -Wshadow takes enumerators called none for hiding it

/// A run of consecutive entries of a table.
struct range {
  index first = 0;
  index count = 0;
  bool empty() const { return count == 0; }
};

/// Where something stood in the source, 1-based.
struct position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

enum class state_kind : std::uint8_t {
  atomic,
  compound,
  parallel,
  final,
  shallow_history,
  deep_history,
};

/// States are numbered in document order; 0 is the <scxml> element itself (compound). The descendants of `s` are
/// exactly the states (s, subtree_end).
struct state {
  std::string id; // empty when the document gives none
  state_kind kind = state_kind::atomic;
  index parent = none;
  index subtree_end = 0;
  std::uint16_t depth = 0;   // 0 for <scxml>
  index initial = none;      // transition taken by default entry; for a history state its default transition
  range transitions;         // document order, `initial` not among them
  range on_entry;            // blocks
  range on_exit;             // blocks
  range data;                // data items declared here
  range invokes;
  index donedata = none;
  position where;
};

/// One event descriptor (SCXML 3.12.1), trailing ".*" and "." removed; "" matches every event.
struct event_descriptor {
  std::string prefix;
  position where; // of the attribute's value
};

struct transition {
  index source = none;
  range targets;         // into target_states; empty: targetless
  range events;          // into descriptors; empty: eventless
  index cond = none;     // expression
  bool internal = false; // type="internal"
  index block = none;    // executable content
  /// The transition domain (SCXML App. D, getTransitionDomain), or none when targetless. `dynamic_domain`: a target is
  /// a history state, so that the domain depends on the history value and is found at run time.
  index domain = none;
  bool dynamic_domain = false;
  position where;
};

/// How the data model is to read the text of an expression.
enum class expression_kind : std::uint8_t {
  condition, // a boolean
  value,     // any value
  location,  // something that can be assigned to
  script,    // a program
  content,   // text of <content>, <data> or <assign>: by SCXML B.2.1, JSON, then XML, then normalized text
};

struct expression {
  std::string text;
  expression_kind kind = expression_kind::value;
  position where;
};

struct data_item {
  std::string id;
  index value = none;      // expression of kind value (expr=) or content (child or loaded src=), none: undefined
  bool failed_load = false; // src= could not be had: error.execution at initialization (SCXML 5.3)
  bool parameter = false;  // Genesys _type="parameter": to be supplied at session start
  position where;
};

// -- executable content ----------------------------------------------------------------------------------------------

enum class operation : std::uint8_t { raise, choose, foreach, log, assign, script, send, cancel, action };

/// `operand` is a position in the table of the operation.
struct instruction {
  operation kind = operation::raise;
  index operand = none;
  position where;
};

/// A sequence of instructions that an error ends (SCXML 4.9).
struct block {
  range instructions;
};

struct raise_operands {
  std::string event;
};
/// <if>: the branches in order; the block of the first whose condition holds is run; cond none: <else>.
struct branch {
  index cond = none;
  index block = none;
};
struct choose_operands {
  range branches;
};
struct foreach_operands {
  index array = none;   // expression
  std::string item;
  std::string position; // empty: none
  index block = none;
};
struct log_operands {
  std::string label;
  index expr = none;
  std::uint8_t level = 0; // Genesys: 1 reporting, 2 error, 3 warning, 4 debug; 0: not given
};
struct assign_operands {
  index location = none; // expression of kind location
  index value = none;    // expression of kind value or content
};
struct script_operands {
  index program = none; // expression of kind script
};
/// A name with an expression or a location: <param>, or one word of namelist.
struct parameter {
  std::string name;
  index value = none; // expression of kind value or location
};
/// An attribute that comes as a literal or as an expression (`x` and `xexpr`).
struct text_or_expression {
  std::string text;
  index expr = none;
  bool given = false;
};
struct send_operands {
  text_or_expression event, target, type, delay; // a literal delay has been checked
  std::string id;
  index id_location = none;
  range parameters; // namelist first, then <param>
  index content = none;
};
struct cancel_operands {
  text_or_expression sendid;
};

/// One attribute of an action of a vocabulary; `spec` is its position in the specification.
struct action_attribute {
  index spec = none;
  index expr = none; // expression of kind value
  std::string text;  // as written, for the mnemonic fallback
  position where;
};
/// An element of the host's vocabulary, or a child of one.
struct action_operands {
  index spec = none; // vocabulary::actions, or for a child action_specification::children
  range attributes;  // into action_attributes
  range children;    // into actions
  position where;
};

struct donedata {
  range parameters;
  index content = none;
};

struct invoke {
  index state = none;
  text_or_expression type, src;
  std::string id;
  index id_location = none;
  range parameters;
  index content = none; // expression (contentexpr) or content
  std::shared_ptr<const class document> inline_document; // <content> with an <scxml> child
  bool autoforward = false;
  index finalize = none; // block
  position where;
};

// -- the document ----------------------------------------------------------------------------------------------------

enum class datamodel_kind : std::uint8_t { null, ecmascript };

/// Why a document has the data model it has.
enum class datamodel_reason : std::uint8_t {
  named,        // by datamodel=
  profile,      // by profile=, as Genesys does
  expressions,  // not named, but there are data, scripts or expressions
  none_needed,  // not named, and nothing asks more than In()
};

namespace compiled_model {
struct program;
}

/// What takes an ECMAScript document to QuickJS: the first of its parts that the compiled model does not know exactly.
struct departure {
  std::string what; // "it calls a function", "a <foreach>"; empty: nothing
  std::string text; // of the expression, if it is one
  position where;
};

/// All tables of one document. Read-only after compile().
class document {
 public:
  std::string name;   // name= attribute: _name
  std::string source; // what diagnostics call it: a file name or URI
  std::shared_ptr<const document_origin> origin; // null: it stands inside another document
  std::string hash;   // SHA-256 of the bytes (and of loaded scripts and data), hex: two documents with the same are one
  datamodel_kind datamodel = datamodel_kind::null;
  datamodel_reason datamodel_chosen = datamodel_reason::none_needed;
  bool early_binding = true;
  bool legacy = false;        // its expressions were those of OCS 8.0, and so are those of documents in its strings
  std::shared_ptr<const compiled_model::program> program; // its expressions on the compiled model; null: there is a departure
  departure leaves_compiled;
  index global_script = none; // of kind script, run after the data (several <script> children are joined in order)

  std::vector<state> states;
  std::vector<transition> transitions;
  std::vector<index> target_states;
  std::vector<event_descriptor> descriptors;
  std::vector<expression> expressions;
  std::vector<data_item> data;
  std::vector<block> blocks;
  std::vector<instruction> instructions;
  std::vector<raise_operands> raises;
  std::vector<branch> branches;
  std::vector<choose_operands> chooses;
  std::vector<foreach_operands> foreaches;
  std::vector<log_operands> logs;
  std::vector<assign_operands> assigns;
  std::vector<script_operands> scripts;
  std::vector<parameter> parameters;
  std::vector<send_operands> sends;
  std::vector<cancel_operands> cancels;
  std::vector<action_attribute> action_attributes;
  std::vector<action_operands> actions;
  std::vector<donedata> donedatas;
  std::vector<invoke> invokes;
  std::vector<index> histories; // all history states, document order
  candidate_table candidates;
  const vocabulary* actions_known = nullptr; // outlives the document
  way_table ways; // candidates speak of them

  template <class T> std::span<const T> view(const std::vector<T>& table, range r) const {
    return {table.data() + r.first, r.count};
  }
  bool is_descendant(index s, index ancestor) const {
    return s > ancestor && s < states[ancestor].subtree_end;
  }
  bool is_atomic(index s) const {
    return states[s].kind == state_kind::atomic || states[s].kind == state_kind::final;
  }
  bool is_history(index s) const {
    return states[s].kind == state_kind::shallow_history || states[s].kind == state_kind::deep_history;
  }
  /// The state of that id, or none. A search, for hosts and tests; In() has its own table in each data model.
  index find_state(std::string_view id) const;
};

} // namespace chainring::scxml
