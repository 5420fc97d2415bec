// Says: after ->, not after a dot
struct Node {
  Node* next = nullptr;
};

Node* second(Node* first) { return first.next; }  // here
