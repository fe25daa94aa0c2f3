// The signed text of a permit's QR code; approvals/qr_payload.py writes it.
import { ed25519 } from "@noble/curves/ed25519.js";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-.";
const KEY_BYTES = 4;
const SIGNATURE_BYTES = 64;
const MOST = 1000;
const ADDRESS = /\/permits\/([\w-]{1,60})(?:#(\S+))?$/;

/** Public id and payload in what was scanned, or nothing. */
export function parse(text) {
  const found = ADDRESS.exec(text.trim());
  return found ? { publicId: found[1], payload: found[2] ?? "" } : null;
}

/** What a payload is, checked with the public keys {id in hexadecimal: 32 bytes in Base64}. */
export function readCode(publicId, payload, keys) {
  const content = decode(payload);
  if (!content || content.length <= KEY_BYTES + SIGNATURE_BYTES) return { reading: "unreadable" };
  const key = keys[hex(content.subarray(0, KEY_BYTES))];
  if (!key) return { reading: "foreign" };
  const text = content.subarray(KEY_BYTES + SIGNATURE_BYTES);
  const signed = joined(utf8(`yimen permit code\n${publicId}\n`), text);
  if (!verify(content.subarray(KEY_BYTES, KEY_BYTES + SIGNATURE_BYTES), signed, key)) return { reading: "tampered" };
  return { reading: "genuine", facts: factsOf(new TextDecoder().decode(text)) };
}

/** Whether an Ed25519 signature holds; never throws. */
export function verify(signature, content, key) {
  try {
    return ed25519.verify(signature, content, fromBase64(key));
  } catch {
    return false;
  }
}

export const utf8 = (text) => new TextEncoder().encode(text);
export const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

function factsOf(text) {
  const [, number, version, holder, kind, from, until, issuer] = text.split("\n");
  return { number, version: Number(version), holder, kind, from: iso(from), until: iso(until), issuer };
}

const iso = (day) => day && `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function decode(payload) {
  if (!payload || payload.length > MOST || payload.length % 3 === 1) return null;
  const content = [];
  for (let start = 0; start < payload.length; start += 3) {
    const places = Array.from(payload.slice(start, start + 3), (digit) => DIGITS.indexOf(digit));
    const value = places.reduceRight((sum, place) => sum * 41 + place, 0);
    if (places.includes(-1) || value >= 256 ** (places.length - 1)) return null;
    if (places.length === 3) content.push(value >> 8);
    content.push(value & 255);
  }
  return Uint8Array.from(content);
}

function joined(first, second) {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
