import { parse } from "protobufjs";

/**
 * The messages of OTLP's trace service, with the field numbers of opentelemetry-proto (common/v1, resource/v1, trace/v1,
 * collector/trace/v1), written down here so that the exporter is held against the protocol and not against itself.
 */
const PROTO = `
  syntax = "proto3";

  message AnyValue {
    oneof value {
      string string_value = 1;
      bool bool_value = 2;
      int64 int_value = 3;
      double double_value = 4;
      ArrayValue array_value = 5;
      KeyValueList kvlist_value = 6;
      bytes bytes_value = 7;
    }
  }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message InstrumentationScope {
    string name = 1;
    string version = 2;
    repeated KeyValue attributes = 3;
    uint32 dropped_attributes_count = 4;
  }
  message Resource {
    repeated KeyValue attributes = 1;
    uint32 dropped_attributes_count = 2;
  }

  message ResourceSpans {
    Resource resource = 1;
    repeated ScopeSpans scope_spans = 2;
    string schema_url = 3;
  }
  message ScopeSpans {
    InstrumentationScope scope = 1;
    repeated Span spans = 2;
    string schema_url = 3;
  }
  message Span {
    bytes trace_id = 1;
    bytes span_id = 2;
    string trace_state = 3;
    bytes parent_span_id = 4;
    fixed32 flags = 16;
    string name = 5;
    int32 kind = 6;
    fixed64 start_time_unix_nano = 7;
    fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9;
    uint32 dropped_attributes_count = 10;
    message Event {
      fixed64 time_unix_nano = 1;
      string name = 2;
      repeated KeyValue attributes = 3;
      uint32 dropped_attributes_count = 4;
    }
    repeated Event events = 11;
    uint32 dropped_events_count = 12;
    message Link {
      bytes trace_id = 1;
      bytes span_id = 2;
      string trace_state = 3;
      repeated KeyValue attributes = 4;
      uint32 dropped_attributes_count = 5;
      fixed32 flags = 6;
    }
    repeated Link links = 13;
    uint32 dropped_links_count = 14;
    Status status = 15;
  }
  message Status {
    string message = 2;
    int32 code = 3;
  }

  message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
  message ExportTraceServiceResponse { ExportTracePartialSuccess partial_success = 1; }
  message ExportTracePartialSuccess { int64 rejected_spans = 1; string error_message = 2; }
`;

const { root } = parse(PROTO);
const requestType = root.lookupType("ExportTraceServiceRequest");
const responseType = root.lookupType("ExportTraceServiceResponse");

/** OTLP's JSON form, which protobuf is decoded to as well; identifiers are bytes there and hexadecimal text in JSON. */
export interface ExportTraceServiceRequest {
  resourceSpans?: WireResourceSpans[];
}

export interface WireResourceSpans {
  resource?: { attributes?: WireKeyValue[]; droppedAttributesCount?: number };
  scopeSpans?: WireScopeSpans[];
  schemaUrl?: string;
}

export interface WireScopeSpans {
  scope?: { name?: string; version?: string; attributes?: WireKeyValue[]; droppedAttributesCount?: number };
  spans?: WireSpan[];
  schemaUrl?: string;
}

export interface WireSpan {
  traceId?: string | Uint8Array;
  spanId?: string | Uint8Array;
  parentSpanId?: string | Uint8Array;
  traceState?: string;
  flags?: number;
  name?: string;
  kind?: number;
  startTimeUnixNano?: string | number;
  endTimeUnixNano?: string | number;
  attributes?: WireKeyValue[];
  droppedAttributesCount?: number;
  events?: WireEvent[];
  droppedEventsCount?: number;
  links?: WireLink[];
  droppedLinksCount?: number;
  status?: { message?: string; code?: number };
}

export interface WireEvent {
  timeUnixNano?: string | number;
  name?: string;
  attributes?: WireKeyValue[];
  droppedAttributesCount?: number;
}

export interface WireLink {
  traceId?: string | Uint8Array;
  spanId?: string | Uint8Array;
  traceState?: string;
  flags?: number;
  attributes?: WireKeyValue[];
  droppedAttributesCount?: number;
}

export interface WireKeyValue {
  key: string;
  value?: WireAnyValue;
}

export interface WireAnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string | number;
  doubleValue?: number | string;
  arrayValue?: { values?: WireAnyValue[] };
  kvlistValue?: { values?: WireKeyValue[] };
  bytesValue?: string | Uint8Array;
}

/** Decodes a protobuf request; throws where the bytes are not one. */
export function decodeRequest(bytes: Uint8Array): ExportTraceServiceRequest {
  return requestType.toObject(requestType.decode(bytes), { longs: String });
}

/** A protobuf answer; without a partial success it is empty, which is how the protocol says that all went well. */
export function encodeResponse(partialSuccess?: { rejectedSpans: number; errorMessage: string }): Buffer {
  return Buffer.from(responseType.encode(responseType.create(partialSuccess ? { partialSuccess } : {})).finish());
}
