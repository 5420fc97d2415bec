// Says: after a dot, not after ->
struct Node {
  Node* next = nullptr;
};

Node* second(Node& first) { return first->next; }  // here
