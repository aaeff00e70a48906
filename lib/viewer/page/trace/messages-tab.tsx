import type { JSX } from "preact";
import type { Conversation, Message, MessagePart } from "../model/messages.js";
import { JsonView } from "../parts/json-view.js";
import { TextView } from "../parts/text-view.js";

const ROLES: ReadonlySet<string> = new Set(["system", "developer", "user", "assistant", "tool", "function"]);

export function MessagesTab({ conversation: { input, output } }: { conversation: Conversation }): JSX.Element {
  if (input.length + output.length === 0) return <p class="quiet">No messages were sent with this span.</p>;
  return (
    <div class="messages">
      <MessageList messages={input} name="Message" />
      {output.length > 0 && <h3 class="section">Answer</h3>}
      <MessageList messages={output} name="Answer" />
    </div>
  );
}

export function MessageList({ messages, name }: { messages: readonly Message[]; name: string }): JSX.Element {
  return (
    <ol class="message-list">
      {messages.map((message, index) => (
        <li key={index} class={`message message-${ROLES.has(message.role) ? message.role : "other"}`}>
          <p class="message-role">
            {message.role}
            {message.toolCallId !== undefined && <span class="quiet mono"> answers {message.toolCallId}</span>}
            {message.finishReason !== undefined && <span class="badge">{message.finishReason}</span>}
          </p>
          {message.parts.map((part, at) => (
            <Part key={at} part={part} label={`${name} ${index + 1}`} />
          ))}
          {message.toolCalls.map((call, at) => (
            <div class="tool-call" key={at}>
              <p>
                calls <code>{call.name}</code>
                {call.id !== undefined && <span class="quiet mono"> {call.id}</span>}
              </p>
              {call.arguments !== "" && <TextView text={call.arguments} label={`arguments of ${call.name}`} />}
            </div>
          ))}
          {message.parts.length + message.toolCalls.length === 0 && <p class="quiet">empty</p>}
        </li>
      ))}
    </ol>
  );
}

function Part({ part, label }: { part: MessagePart; label: string }): JSX.Element {
  if (part.type === "text") return <TextView text={part.text} label={label} />;
  if (part.type === "reasoning") {
    return (
      <details class="reasoning">
        <summary>Reasoning</summary>
        <TextView text={part.text} label={`${label}, reasoning`} />
      </details>
    );
  }
  return (
    <div class="other-part">
      <p class="quiet">{part.kind} (not loaded)</p>
      <JsonView value={part.value} />
    </div>
  );
}
