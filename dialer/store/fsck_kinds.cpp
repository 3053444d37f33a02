// fsck_kinds.cpp: what each finding means, and how to mend it. "With SQL" is sqlite3 on the file or psql on the schema, while no
// node has the store, on a copy first.
#include "dialer/store/fsck_kinds.hpp"

#include "dialer/limits.hpp"

namespace chainring::dialer::fsck {

namespace {

// In the order of enum kind.
constexpr std::array<kind_description, static_cast<std::size_t>(kind::count)> descriptions = {{
  {"damage", "the database is damaged", "restore a backup; sqlite3's .recover, or pg_dump, gets out what can still be read"},
  {"unreadable", "the rest of the store cannot be looked through",
   "mend what stands above, or restore a backup, then check again"},
  {"missing-object", "a table or index of the store is missing", "make it as dialer/store/schema has it, or restore a backup"},
  {"table-of-no-list", "a table of rows belongs to no list: its chains are not called",
   "put its id and name into the table lists, or drop it"},
  {"fact", "a number that the store keeps about itself is none", "set its value in the table meta to an integer"},
  {"rows-of-no-list", "rows belong to a list that is not there", "put the list's id and name into the table lists, or delete them"},
  {"row-value", "a value that its column cannot have: the chain is not treated as its list says",
   "set it with SQL, or with chainring import --update"},
  {"record-twice", "two rows have one record_id: their attempts cannot be told apart",
   "give one of them another record_id, then make the unique index of record_id again"},
  {"attempt-column", "the column attempt is not the number of the last attempt: the next call would be refused, or not be the next",
   "set the column to that number with SQL"},
  {"attempt-orphan", "an attempt at a record that is not there, or that stands in another chain",
   "import the record again, or delete the attempt"},
  {"attempt-gap", "attempts of a record do not follow each other: some are lost, or their numbers are",
   "look for the calls in the trunk's log; a gap stops nothing"},
  {"attempt-in-flight", "an attempt is in flight and a later one was made: one of a record's calls at a time is in progress",
   "set its state to 3 and its ended_ms to when it must have ended"},
  {"attempt-state", "state, end and result of an attempt contradict each other",
   "let state be 3 (unknown) and ended_ms when it must have ended"},
  {"attempt-times", "an attempt ended before it started", "set ended_ms; a wall clock that was set back does this too"},
  {"attempt-result", "an attempt has a result that there is not", "set result to a code of the OCS guide"},
  {"attempt-epoch", "an attempt was made by an owner that there was not",
   "look whether two nodes have worked on the store, or parts of two stores were put together"},
  {"redial-gap", "a record was called again inside the redial gap after an attempt of unknown end",
   "nothing is left to mend: look whether redial-gap was shorter then"},
  {"chain-end-orphan", "the end of a chain that is not there", "import its records again, or delete it from the table chains"},
  {"saved-orphan", "a saved chain without records", "import its records again, or delete it from the table instances"},
  {"saved-ended", "a saved chain of which no row is Ready or Retrieved: it has ended, and would never be taken up",
   "delete it from the table instances, or set its rows to Ready"},
  {"passive-not-retrieved", "a passive chain without a Retrieved row: it would be taken up twice",
   "set its due_ms in the table instances to 0, or its rows to Retrieved"},
  {"saved-unreadable", "a saved chain cannot be read: it would end with SystemError",
   "delete it from the table instances: then it begins anew"},
  {"saved-document",
   "a saved chain needs a document that is not kept: it would end with SystemError unless its treatment is still the same",
   "keep the treatment's text as it is until the chain has ended, or delete it from instances: then it begins anew"},
  {"saved-epoch", "a chain was saved by an owner that there was not",
   "look whether parts of two stores were put together"},
  {"saved-due", "a passive chain is due at a time that no treatment can ask for", "set its due_ms to when it is to be taken up"},
  {"handles-end", "record handles of a saved chain are not reserved: other chains could get the same",
   "set handles_end in the table meta above that of every row of instances"},
  {"document-damaged", "a kept document is not what its hash says: chains that need it end with SystemError",
   "delete it, and let those chains begin anew: delete them from the table instances"},
  {"history-post", "a history record has no server to go to, or says nothing", "delete it from the table history"},
  {"do-not-call-empty", "an entry of the do-not-call list names nobody", "delete it, and import the right one"},
}};

} // namespace

const kind_description& description_of(kind k) { return descriptions[static_cast<std::size_t>(k)]; }

void findings::add(kind k, std::string where) {
  if (++counts_[static_cast<std::size_t>(k)] > static_cast<std::int64_t>(limits::findings_shown_max)) return;
  const auto& d = description_of(k);
  each_({d.name, {std::string(d.means), std::move(where), std::string(d.mend)}});
}

} // namespace chainring::dialer::fsck
