// dot.cpp: see dot.hpp. An edge of Graphviz ends at nodes, never at clusters: each cluster has an invisible node, its
// anchor, and edges to it are cut off at the border by lhead and ltail.
#include "scxml/dot.hpp"

#include "scxml/summary.hpp"

namespace chainring::scxml {

namespace {

constexpr std::size_t lines_shown_max = 8; // of one block

/// The text of a quoted string: labels are read for escapes and for HTML entities.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '&')
      out += "&amp;";
    else
      out += c == '\n' ? ' ' : c;
  }
  return out;
}

class drawing {
 public:
  explicit drawing(const document& d)
      : d_(d) {}

  std::string draw() {
    const std::string title = escaped(shortened(d_.name.empty() ? d_.source : d_.name));
    line("digraph \"" + title + "\" {");
    line("  graph [compound=true, fontname=\"Helvetica\", fontsize=11, label=\"" + title + "\", labelloc=t];");
    line("  node [shape=box, style=rounded, fontname=\"Helvetica\", fontsize=11];");
    line("  edge [fontname=\"Helvetica\", fontsize=9];");
    // <scxml> is no cluster: transitions of its own, which are not standard, begin at a word.
    if (!d_.states[0].transitions.empty())
      line("  " + node(0) + " [shape=plaintext, label=\"anywhere\\n" + inner_of(0) + "\"];");
    draw_inside(0, "  ");
    for (index s = 0; s < d_.states.size(); ++s) draw_edges(s);
    line("}");
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_ += text, out_ += '\n'; }
  static std::string node(index s) { return "s" + std::to_string(s); }
  static std::string initial_node(index s) { return "initial" + std::to_string(s); }
  static std::string cluster(index s) { return "cluster" + std::to_string(s); }
  bool is_cluster(index s) const {
    return d_.states[s].kind == state_kind::compound || d_.states[s].kind == state_kind::parallel;
  }

  // -- nodes and clusters

  void draw_state(index s, const std::string& indent) {
    if (is_cluster(s)) {
      const bool parallel = d_.states[s].kind == state_kind::parallel;
      line(indent + "subgraph " + cluster(s) + " {");
      line(indent + "  label=\"" + label_of(s) + "\"; labeljust=l; style=\"rounded" + (parallel ? ",dashed" : "") +
           "\";");
      line(indent + "  " + node(s) + " [shape=point, style=invis, width=0, height=0, label=\"\"];");
      draw_inside(s, indent + "  ");
      line(indent + "}");
      return;
    }
    if (d_.is_history(s)) {
      const char* which = d_.states[s].kind == state_kind::deep_history ? "H*" : "H";
      return line(indent + node(s) + " [label=\"" + which +
                  "\", shape=circle, style=solid, width=0.3, fixedsize=true];");
    }
    if (d_.states[s].kind == state_kind::final) // a circle around all that it does would be a large one
      return line(indent + node(s) + " [label=\"" + title_of(s) +
                  "\", shape=doublecircle, style=solid, margin=0, xlabel=\"" + inner_of(s) + "\"];");
    line(indent + node(s) + " [label=\"" + label_of(s) + "\"];");
  }

  void draw_inside(index s, const std::string& indent) {
    if (d_.states[s].initial != none)
      line(indent + initial_node(s) + " [shape=point, style=filled, width=0.12, label=\"\"];");
    for (index c = static_cast<index>(s + 1); c < d_.states[s].subtree_end; c = d_.states[c].subtree_end)
      draw_state(c, indent);
  }

  std::string title_of(index s) const { return escaped(shortened(name_of(d_, s))); }
  std::string label_of(index s) const {
    const std::string inner = inner_of(s);
    return title_of(s) + (inner.empty() ? "" : is_cluster(s) ? "\\l" + inner : "\\n" + inner);
  }

  /// What happens inside the state, lines justified to the left.
  std::string inner_of(index s) const {
    const state& it = d_.states[s];
    std::string inner;
    const auto add = [&](const std::string& text) { inner += escaped(text) + "\\l"; };
    const auto add_blocks = [&](range blocks, const std::string& when) {
      for (std::size_t b = 0; b < blocks.count; ++b)
        for (const auto& what : some_lines(blocks.first + b)) add(when + what);
    };
    add_blocks(it.on_entry, "entry / ");
    add_blocks(it.on_exit, "exit / ");
    for (const auto& i : d_.view(d_.invokes, it.invokes)) add(line_of(d_, i));
    for (const auto& t : d_.view(d_.transitions, it.transitions)) {
      if (!t.targets.empty()) continue;
      add(trigger_of(t));
      if (t.block != none) add_blocks({t.block, 1}, "  / ");
    }
    return inner;
  }

  std::vector<std::string> some_lines(std::size_t block) const {
    auto lines = lines_of(d_, static_cast<index>(block));
    if (lines.size() > lines_shown_max) lines.resize(lines_shown_max), lines.back() = "…";
    return lines;
  }

  // -- edges

  std::string trigger_of(const transition& t) const {
    std::string out = shortened(events_of(d_, t));
    if (t.cond == none) return out;
    return out + (out.empty() ? "[" : " [") + shortened(d_.expressions[t.cond].text) + "]";
  }

  void draw_edges(index s) {
    const state& it = d_.states[s];
    if (it.initial != none)
      draw_edge(d_.transitions[it.initial], d_.is_history(s) ? node(s) : initial_node(s), none, s);
    for (const auto& t : d_.view(d_.transitions, it.transitions))
      if (!t.targets.empty()) draw_edge(t, node(s), s != 0 && is_cluster(s) ? s : none, s);
  }

  /// `tail`: the cluster at whose border the edge begins, or none; `inside`: the state that the beginning lies in.
  void draw_edge(const transition& t, std::string from, index tail, index inside) {
    std::string label = escaped(trigger_of(t));
    if (t.block != none)
      for (const auto& what : some_lines(t.block)) label += (label.empty() ? "/ " : "\\n/ ") + escaped(what);
    std::string look = "label=\"" + label + "\"" + (d_.is_history(inside) ? ", style=dotted" : "");
    if (t.targets.count > 1) { // several targets: by way of a bar
      const std::string bar = "fork" + std::to_string(++forks_);
      line("  " + bar +
           " [shape=box, style=filled, fillcolor=black, width=0.4, height=0.04, fixedsize=true, label=\"\"];");
      line("  " + from + " -> " + bar + " [" + look + ", arrowhead=none" +
           (tail != none ? ", ltail=" + cluster(tail) : "") + "];");
      from = bar, tail = none, inside = 0, look = "label=\"\"";
    }
    for (const index target : d_.view(d_.target_states, t.targets)) {
      std::string ends;
      // A border that both ends lie within cannot be crossed.
      if (is_cluster(target) && target != inside && !d_.is_descendant(inside, target))
        ends += ", lhead=" + cluster(target);
      if (tail != none && target != tail && !d_.is_descendant(target, tail)) ends += ", ltail=" + cluster(tail);
      line("  " + from + " -> " + node(target) + " [" + look + ends + "];");
    }
  }

  const document& d_;
  std::string out_;
  unsigned forks_ = 0;
};

} // namespace

std::string to_dot(const document& d) { return drawing(d).draw(); }

} // namespace chainring::scxml
