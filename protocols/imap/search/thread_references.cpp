// THREAD=REFERENCES: the six steps of RFC 5256 §3. Messages name each other in any way they like, also in circles and
// in chains as long as the mailbox: nothing here recurses.
#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "protocols/imap/search/thread.hpp"

namespace mailscope::imap {

namespace {

using Index = std::size_t;
constexpr Index none = static_cast<Index>(-1);

/// Ancestors that are looked at to find a circle; a longer chain is not made longer by a message that has replies.
constexpr int ancestors_max = 1'000;

struct Node {
  const ThreadMember* member{};  ///< null: a dummy
  Index place{none};             ///< in the mailbox
  Index parent{none};
  std::vector<Index> children;
};

class Threads {
 public:
  explicit Threads(const std::vector<ThreadMember>& members) : members_(members) {}

  std::string text() {
    link_all();
    gather_roots();
    prune();
    sort_roots();
    merge_subjects();
    for (Index node = 0; node < nodes_.size(); ++node)
      if (nodes_[node].member) sort(nodes_[node].children);
    sort_roots();
    return write();
  }

 private:
  Index add(const ThreadMember* member, Index place) {
    nodes_.push_back({member, place, none, {}});
    return nodes_.size() - 1;
  }

  /// The message of that id, or a dummy for it.
  Index node_of(const std::string& id) {
    const auto [known, is_new] = by_id_.try_emplace(id, nodes_.size());
    if (is_new) add(nullptr, none);
    return known->second;
  }

  /// Is `node` `ancestor` itself or below it? Also true where that would be too far to look.
  [[nodiscard]] bool is_below(Index node, Index ancestor) const {
    if (nodes_[ancestor].children.empty()) return node == ancestor;
    for (int steps = 0; node != none; node = nodes_[node].parent)
      if (node == ancestor || ++steps > ancestors_max) return true;
    return false;
  }

  void unlink(Index child) {
    if (nodes_[child].parent == none) return;
    std::erase(nodes_[nodes_[child].parent].children, child);
    nodes_[child].parent = none;
  }

  void link(Index parent, Index child) {
    if (is_below(parent, child)) return;
    nodes_[child].parent = parent;
    nodes_[parent].children.push_back(child);
  }

  /// Step 1. A message without an id, or with one that an earlier message has, gets a node of its own.
  void link_all() {
    std::vector<Index> own;
    for (Index place = 0; place < members_.size(); ++place) {
      const ThreadMember& member = members_[place];
      if (!member.id.empty()) by_id_.try_emplace(member.id, nodes_.size());
      own.push_back(add(&member, place));
    }
    for (Index place = 0; place < members_.size(); ++place) {
      Index before = none;
      for (const std::string& id : members_[place].references) {
        const Index one = node_of(id);
        if (before != none && nodes_[one].parent == none) link(before, one);
        before = one;
      }
      unlink(own[place]);
      if (before != none) link(before, own[place]);
    }
  }

  /// Step 2.
  void gather_roots() {
    for (Index node = 0; node < nodes_.size(); ++node)
      if (nodes_[node].parent == none) roots_.push_back(node);
  }

  /// Step 3. From the leaves up: the children of each node have been pruned when it is looked at.
  void prune() {
    std::vector<Index> order = roots_;
    for (Index at = 0; at < order.size(); ++at) {
      const std::vector<Index>& children = nodes_[order[at]].children;
      order.insert(order.end(), children.begin(), children.end());
    }
    for (Index at = order.size(); at-- > 0;)
      nodes_[order[at]].children = without_dummies(nodes_[order[at]].children, 0);
    roots_ = without_dummies(roots_, 2);
  }

  /// Dummies give way to their children, but for those with `kept_from` children or more where that is not 0.
  [[nodiscard]] std::vector<Index> without_dummies(const std::vector<Index>& nodes, std::size_t kept_from) const {
    std::vector<Index> left;
    for (const Index node : nodes) {
      const std::vector<Index>& children = nodes_[node].children;
      const bool stays = nodes_[node].member || (kept_from > 0 && children.size() >= kept_from);
      if (stays) {
        left.push_back(node);
      } else {
        left.insert(left.end(), children.begin(), children.end());
      }
    }
    return left;
  }

  /// A dummy is taken for its first child, whose siblings are sorted.
  [[nodiscard]] const Node& head(Index node) const {
    return nodes_[node].member ? nodes_[node] : nodes_[nodes_[node].children.front()];
  }
  void sort(std::vector<Index>& nodes) const {
    std::ranges::sort(nodes, {}, [this](Index node) { return std::tuple(head(node).member->sent, head(node).place); });
  }
  /// Step 4, and the end of step 6.
  void sort_roots() {
    for (const Index root : roots_)
      if (!nodes_[root].member) sort(nodes_[root].children);
    sort(roots_);
  }

  /// Step 5.
  void merge_subjects() {
    const auto is_reply = [this](Index node) { return nodes_[node].member && nodes_[node].member->is_reply; };
    std::unordered_map<std::string, Index> table;
    for (const Index root : roots_) {
      const std::string& subject = head(root).member->subject;
      if (subject.empty()) continue;
      const auto [known, is_new] = table.try_emplace(subject, root);
      const bool better =
          nodes_[known->second].member && (!nodes_[root].member || (is_reply(known->second) && !is_reply(root)));
      if (!is_new && better) known->second = root;
    }
    std::vector<Index> left;
    for (const Index root : std::exchange(roots_, {})) {
      const auto known = table.find(head(root).member->subject);
      if (known == table.end() || known->second == root || adopted_.contains(root)) {
        left.push_back(root);
      } else {
        merge(root, known->second, is_reply(root) && !is_reply(known->second));
      }
    }
    for (const Index root : left) {  // a dummy stands where the message was that it has taken in
      roots_.push_back(adopted_.contains(root) ? nodes_[root].parent : root);
    }
  }

  /// Merges a thread into the one that has its subject; `below`: as an answer to it.
  void merge(Index thread, Index& into, bool below) {
    if (!nodes_[into].member) {
      if (nodes_[thread].member) return adopt(into, thread);
      for (const Index child : nodes_[thread].children) nodes_[into].children.push_back(child);
      return;
    }
    if (below) return adopt(into, thread);
    const Index dummy = add(nullptr, none);
    adopted_.insert(into);
    adopt(dummy, into);
    adopt(dummy, thread);
    into = dummy;
  }
  void adopt(Index parent, Index child) {
    nodes_[child].parent = parent;
    nodes_[parent].children.push_back(child);
  }

  /// thread-list = "(" (thread-members / thread-nested) ")". What is still to be written stands on a stack.
  [[nodiscard]] std::string write() const {
    struct Pending {
      std::string_view mark;
      Index node{none};
    };
    std::string text;
    std::vector<Pending> pending;
    const auto nest = [&](const std::vector<Index>& nodes) {
      for (auto node = nodes.rbegin(); node != nodes.rend(); ++node)
        pending.insert(pending.end(), {Pending{")"}, Pending{{}, *node}, Pending{"("}});
    };
    nest(roots_);
    while (!pending.empty()) {
      const Pending next = pending.back();
      pending.pop_back();
      text += next.mark;
      if (next.node == none) continue;
      const Node& node = nodes_[next.node];
      if (node.member) text += node.member->number;
      if (node.member && !node.children.empty()) text += ' ';
      if (node.children.size() == 1) {
        pending.push_back({{}, node.children.front()});
      } else {
        nest(node.children);
      }
    }
    return text;
  }

  const std::vector<ThreadMember>& members_;
  std::vector<Node> nodes_;
  std::unordered_map<std::string, Index> by_id_;
  std::vector<Index> roots_;
  std::unordered_set<Index> adopted_;  ///< roots that a dummy of step 5 has taken in
};

}  // namespace

std::string threads_by_references(const std::vector<ThreadMember>& members) { return Threads(members).text(); }

}  // namespace mailscope::imap
