import { Migration } from '@mikro-orm/migrations';

export class Migration20261121000001_tables extends Migration {

  override name = 'Migration20261121000001_tables';

  override up(): void | Promise<void> {
    this.addSql(`create table "allergy_intolerance" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "asserter" text null, "category" bigint[] null, "clinical_status" bigint[] null, "code" bigint[] null, "criticality" text null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "identifier" bigint[] null, "last_date_low" timestamptz(3) null, "last_date_high" timestamptz(3) null, "manifestation" bigint[] null, "onset_low" timestamptz(3)[] null, "onset_high" timestamptz(3)[] null, "recorder" text null, "route" bigint[] null, "severity" bigint[] null, "type" text null, "verification_status" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "allergy_intolerance_asserter" on "allergy_intolerance" ("asserter") where asserter is not null;`);
    this.addSql(`create index "allergy_intolerance_code" on "allergy_intolerance" using gin ("code") where code is not null;`);
    this.addSql(`create index "allergy_intolerance_date" on "allergy_intolerance" (date_low desc nulls last, id desc);`);
    this.addSql(`create index "allergy_intolerance_identifier" on "allergy_intolerance" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "allergy_intolerance_last_updated" on "allergy_intolerance" (last_updated, id);`);
    this.addSql(`create index "allergy_intolerance_patient" on "allergy_intolerance" (patient, date_low desc nulls last, id desc);`);
    this.addSql(`create index "allergy_intolerance_recorder" on "allergy_intolerance" ("recorder") where recorder is not null;`);

    this.addSql(`create table "audit_event" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "action" text null, "address" text null, "agent" text[] null, "agent_name" text null, "agent_role" bigint[] null, "altid" bigint[] null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "entity" text[] null, "entity_name" text null, "entity_role" bigint[] null, "entity_type" bigint[] null, "outcome" text null, "patient_refs" text[] null, "site" bigint[] null, "source" text null, "subtype" bigint[] null, "type" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "audit_event_agent" on "audit_event" using gin ("agent") where agent is not null;`);
    this.addSql(`create index "audit_event_date" on "audit_event" (date_low desc nulls last, id desc);`);
    this.addSql(`create index "audit_event_entity" on "audit_event" using gin ("entity") where entity is not null;`);
    this.addSql(`create index "audit_event_last_updated" on "audit_event" (last_updated, id);`);
    this.addSql(`create index "audit_event_patient" on "audit_event" (patient, date_low desc nulls last, id desc);`);
    this.addSql(`create index "audit_event_patient_refs" on "audit_event" using gin ("patient_refs") where patient_refs is not null;`);
    this.addSql(`create index "audit_event_source" on "audit_event" ("source") where source is not null;`);

    this.addSql(`create table "care_plan" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "activity_code" bigint[] null, "activity_date_low" timestamptz(3)[] null, "activity_date_high" timestamptz(3)[] null, "activity_reference" text[] null, "based_on" text[] null, "care_team" text[] null, "category" bigint[] null, "condition" text[] null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "encounter" text null, "goal" text[] null, "identifier" bigint[] null, "instantiates_canonical" text[] null, "intent" text null, "part_of" text[] null, "performer" text[] null, "replaces" text[] null, "status" text null, "subject" text null, primary key ("id"));`);
    this.addSql(`create index "care_plan_activity_reference" on "care_plan" using gin ("activity_reference") where activity_reference is not null;`);
    this.addSql(`create index "care_plan_based_on" on "care_plan" using gin ("based_on") where based_on is not null;`);
    this.addSql(`create index "care_plan_care_team" on "care_plan" using gin ("care_team") where care_team is not null;`);
    this.addSql(`create index "care_plan_condition" on "care_plan" using gin ("condition") where condition is not null;`);
    this.addSql(`create index "care_plan_date" on "care_plan" (date_low desc nulls last, id desc);`);
    this.addSql(`create index "care_plan_encounter" on "care_plan" ("encounter") where encounter is not null;`);
    this.addSql(`create index "care_plan_goal" on "care_plan" using gin ("goal") where goal is not null;`);
    this.addSql(`create index "care_plan_identifier" on "care_plan" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "care_plan_instantiates_canonical" on "care_plan" using gin ("instantiates_canonical") where instantiates_canonical is not null;`);
    this.addSql(`create index "care_plan_last_updated" on "care_plan" (last_updated, id);`);
    this.addSql(`create index "care_plan_part_of" on "care_plan" using gin ("part_of") where part_of is not null;`);
    this.addSql(`create index "care_plan_patient" on "care_plan" (patient, date_low desc nulls last, id desc);`);
    this.addSql(`create index "care_plan_performer" on "care_plan" using gin ("performer") where performer is not null;`);
    this.addSql(`create index "care_plan_replaces" on "care_plan" using gin ("replaces") where replaces is not null;`);
    this.addSql(`create index "care_plan_subject" on "care_plan" ("subject") where subject is not null;`);

    this.addSql(`create table "care_team" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "category" bigint[] null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "encounter" text null, "identifier" bigint[] null, "participant" text[] null, "status" text null, "subject" text null, primary key ("id"));`);
    this.addSql(`create index "care_team_date" on "care_team" (date_low desc nulls last, id desc);`);
    this.addSql(`create index "care_team_encounter" on "care_team" ("encounter") where encounter is not null;`);
    this.addSql(`create index "care_team_identifier" on "care_team" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "care_team_last_updated" on "care_team" (last_updated, id);`);
    this.addSql(`create index "care_team_participant" on "care_team" using gin ("participant") where participant is not null;`);
    this.addSql(`create index "care_team_patient" on "care_team" (patient, date_low desc nulls last, id desc);`);
    this.addSql(`create index "care_team_subject" on "care_team" ("subject") where subject is not null;`);

    this.addSql(`create table "condition" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "abatement_date_low" timestamptz(3) null, "abatement_date_high" timestamptz(3) null, "abatement_string" text null, "asserter" text null, "body_site" bigint[] null, "category" bigint[] null, "clinical_status" bigint[] null, "code" bigint[] null, "encounter" text null, "evidence" bigint[] null, "evidence_detail" text[] null, "identifier" bigint[] null, "onset_date_low" timestamptz(3) null, "onset_date_high" timestamptz(3) null, "onset_info" text null, "recorded_date_low" timestamptz(3) null, "recorded_date_high" timestamptz(3) null, "severity" bigint[] null, "stage" bigint[] null, "subject" text null, "verification_status" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "condition_asserter" on "condition" ("asserter") where asserter is not null;`);
    this.addSql(`create index "condition_code" on "condition" using gin ("code") where code is not null;`);
    this.addSql(`create index "condition_encounter" on "condition" ("encounter") where encounter is not null;`);
    this.addSql(`create index "condition_evidence_detail" on "condition" using gin ("evidence_detail") where evidence_detail is not null;`);
    this.addSql(`create index "condition_identifier" on "condition" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "condition_last_updated" on "condition" (last_updated, id);`);
    this.addSql(`create index "condition_onset_date" on "condition" (onset_date_low desc nulls last, id desc);`);
    this.addSql(`create index "condition_patient" on "condition" (patient, onset_date_low desc nulls last, id desc);`);
    this.addSql(`create index "condition_subject" on "condition" ("subject") where subject is not null;`);

    this.addSql(`create table "consent" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "action" bigint[] null, "actor" text[] null, "category" bigint[] null, "consentor" text[] null, "data" text[] null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "identifier" bigint[] null, "organization" text[] null, "period_low" timestamptz(3) null, "period_high" timestamptz(3) null, "purpose" bigint[] null, "scope" bigint[] null, "security_label" bigint[] null, "source_reference" text null, "status" text null, primary key ("id"));`);
    this.addSql(`create index "consent_actor" on "consent" using gin ("actor") where actor is not null;`);
    this.addSql(`create index "consent_consentor" on "consent" using gin ("consentor") where consentor is not null;`);
    this.addSql(`create index "consent_data" on "consent" using gin ("data") where data is not null;`);
    this.addSql(`create index "consent_date" on "consent" (date_low desc nulls last, id desc);`);
    this.addSql(`create index "consent_identifier" on "consent" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "consent_last_updated" on "consent" (last_updated, id);`);
    this.addSql(`create index "consent_organization" on "consent" using gin ("organization") where organization is not null;`);
    this.addSql(`create index "consent_patient" on "consent" (patient, date_low desc nulls last, id desc);`);
    this.addSql(`create index "consent_source_reference" on "consent" ("source_reference") where source_reference is not null;`);

    this.addSql(`create table "coverage" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "beneficiary" text null, "class_type" bigint[] null, "class_value" text null, "dependent" text null, "identifier" bigint[] null, "payor" text[] null, "policy_holder" text null, "status" text null, "subscriber" text null, "type" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "coverage_beneficiary" on "coverage" ("beneficiary") where beneficiary is not null;`);
    this.addSql(`create index "coverage_identifier" on "coverage" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "coverage_last_updated" on "coverage" (last_updated, id);`);
    this.addSql(`create index "coverage_patient" on "coverage" (patient, id) where patient is not null;`);
    this.addSql(`create index "coverage_payor" on "coverage" using gin ("payor") where payor is not null;`);
    this.addSql(`create index "coverage_policy_holder" on "coverage" ("policy_holder") where policy_holder is not null;`);
    this.addSql(`create index "coverage_subscriber" on "coverage" ("subscriber") where subscriber is not null;`);

    this.addSql(`create table "device" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "device_name" text null, "identifier" bigint[] null, "location" text null, "manufacturer" text null, "model" text null, "organization" text null, "status" text null, "type" bigint[] null, "udi_carrier" text null, "udi_di" text null, primary key ("id"));`);
    this.addSql(`create index "device_identifier" on "device" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "device_last_updated" on "device" (last_updated, id);`);
    this.addSql(`create index "device_location" on "device" ("location") where location is not null;`);
    this.addSql(`create index "device_organization" on "device" ("organization") where organization is not null;`);
    this.addSql(`create index "device_patient" on "device" (patient, id) where patient is not null;`);

    this.addSql(`create table "diagnostic_report" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "based_on" text[] null, "category" bigint[] null, "code" bigint[] null, "conclusion" bigint[] null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "encounter" text null, "identifier" bigint[] null, "issued_low" timestamptz(3) null, "issued_high" timestamptz(3) null, "media" text[] null, "performer" text[] null, "result" text[] null, "results_interpreter" text[] null, "specimen" text[] null, "status" text null, "subject" text null, primary key ("id"));`);
    this.addSql(`create index "diagnostic_report_based_on" on "diagnostic_report" using gin ("based_on") where based_on is not null;`);
    this.addSql(`create index "diagnostic_report_code" on "diagnostic_report" using gin ("code") where code is not null;`);
    this.addSql(`create index "diagnostic_report_date" on "diagnostic_report" (date_low desc nulls last, id desc);`);
    this.addSql(`create index "diagnostic_report_encounter" on "diagnostic_report" ("encounter") where encounter is not null;`);
    this.addSql(`create index "diagnostic_report_identifier" on "diagnostic_report" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "diagnostic_report_last_updated" on "diagnostic_report" (last_updated, id);`);
    this.addSql(`create index "diagnostic_report_media" on "diagnostic_report" using gin ("media") where media is not null;`);
    this.addSql(`create index "diagnostic_report_patient" on "diagnostic_report" (patient, date_low desc nulls last, id desc);`);
    this.addSql(`create index "diagnostic_report_performer" on "diagnostic_report" using gin ("performer") where performer is not null;`);
    this.addSql(`create index "diagnostic_report_result" on "diagnostic_report" using gin ("result") where result is not null;`);
    this.addSql(`create index "diagnostic_report_results_interpreter" on "diagnostic_report" using gin ("results_interpreter") where results_interpreter is not null;`);
    this.addSql(`create index "diagnostic_report_specimen" on "diagnostic_report" using gin ("specimen") where specimen is not null;`);
    this.addSql(`create index "diagnostic_report_subject" on "diagnostic_report" ("subject") where subject is not null;`);

    this.addSql(`create table "document_reference" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "authenticator" text null, "author" text[] null, "category" bigint[] null, "contenttype" bigint[] null, "custodian_refs" text null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "description" text null, "encounter" text[] null, "event" bigint[] null, "facility" bigint[] null, "format" bigint[] null, "identifier" bigint[] null, "language" bigint[] null, "period_low" timestamptz(3) null, "period_high" timestamptz(3) null, "related" text[] null, "relatesto" text[] null, "relation" bigint[] null, "security_label" bigint[] null, "setting" bigint[] null, "status" text null, "subject" text null, "type" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "document_reference_authenticator" on "document_reference" ("authenticator") where authenticator is not null;`);
    this.addSql(`create index "document_reference_author" on "document_reference" using gin ("author") where author is not null;`);
    this.addSql(`create index "document_reference_custodian_refs" on "document_reference" ("custodian_refs") where custodian_refs is not null;`);
    this.addSql(`create index "document_reference_date" on "document_reference" (date_low desc nulls last, id desc);`);
    this.addSql(`create index "document_reference_encounter" on "document_reference" using gin ("encounter") where encounter is not null;`);
    this.addSql(`create index "document_reference_identifier" on "document_reference" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "document_reference_last_updated" on "document_reference" (last_updated, id);`);
    this.addSql(`create index "document_reference_patient" on "document_reference" (patient, date_low desc nulls last, id desc);`);
    this.addSql(`create index "document_reference_related" on "document_reference" using gin ("related") where related is not null;`);
    this.addSql(`create index "document_reference_relatesto" on "document_reference" using gin ("relatesto") where relatesto is not null;`);
    this.addSql(`create index "document_reference_subject" on "document_reference" ("subject") where subject is not null;`);
    this.addSql(`create index "document_reference_type" on "document_reference" using gin ("type") where type is not null;`);

    this.addSql(`create table "encounter" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "account" text[] null, "appointment" text[] null, "based_on" text[] null, "class" bigint[] null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "diagnosis" text[] null, "episode_of_care" text[] null, "identifier" bigint[] null, "location" text[] null, "location_period_low" timestamptz(3)[] null, "location_period_high" timestamptz(3)[] null, "part_of" text null, "participant" text[] null, "participant_type" bigint[] null, "practitioner" text[] null, "reason_code" bigint[] null, "reason_reference" text[] null, "service_provider" text null, "special_arrangement" bigint[] null, "status" text null, "subject" text null, "type" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "encounter_account" on "encounter" using gin ("account") where account is not null;`);
    this.addSql(`create index "encounter_appointment" on "encounter" using gin ("appointment") where appointment is not null;`);
    this.addSql(`create index "encounter_based_on" on "encounter" using gin ("based_on") where based_on is not null;`);
    this.addSql(`create index "encounter_date" on "encounter" (date_low desc nulls last, id desc);`);
    this.addSql(`create index "encounter_diagnosis" on "encounter" using gin ("diagnosis") where diagnosis is not null;`);
    this.addSql(`create index "encounter_episode_of_care" on "encounter" using gin ("episode_of_care") where episode_of_care is not null;`);
    this.addSql(`create index "encounter_identifier" on "encounter" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "encounter_last_updated" on "encounter" (last_updated, id);`);
    this.addSql(`create index "encounter_location" on "encounter" using gin ("location") where location is not null;`);
    this.addSql(`create index "encounter_part_of" on "encounter" ("part_of") where part_of is not null;`);
    this.addSql(`create index "encounter_participant" on "encounter" using gin ("participant") where participant is not null;`);
    this.addSql(`create index "encounter_patient" on "encounter" (patient, date_low desc nulls last, id desc);`);
    this.addSql(`create index "encounter_practitioner" on "encounter" using gin ("practitioner") where practitioner is not null;`);
    this.addSql(`create index "encounter_reason_reference" on "encounter" using gin ("reason_reference") where reason_reference is not null;`);
    this.addSql(`create index "encounter_service_provider" on "encounter" ("service_provider") where service_provider is not null;`);
    this.addSql(`create index "encounter_subject" on "encounter" ("subject") where subject is not null;`);

    this.addSql(`create table "group" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "actual" text null, "characteristic" bigint[] null, "code" bigint[] null, "exclude" bigint[] null, "identifier" bigint[] null, "managing_entity" text null, "member" text[] null, "type" text null, "value" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "group_identifier" on "group" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "group_last_updated" on "group" (last_updated, id);`);
    this.addSql(`create index "group_managing_entity" on "group" ("managing_entity") where managing_entity is not null;`);
    this.addSql(`create index "group_member" on "group" using gin ("member") where member is not null;`);
    this.addSql(`create index "group_patient" on "group" (patient, id) where patient is not null;`);

    this.addSql(`create table "immunization" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "identifier" bigint[] null, "location" text null, "lot_number" text null, "manufacturer" text null, "performer" text[] null, "reaction" text[] null, "reaction_date_low" timestamptz(3)[] null, "reaction_date_high" timestamptz(3)[] null, "reason_code" bigint[] null, "reason_reference" text[] null, "series" text null, "status" text null, "status_reason" bigint[] null, "target_disease" bigint[] null, "vaccine_code" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "immunization_date" on "immunization" (date_low desc nulls last, id desc);`);
    this.addSql(`create index "immunization_identifier" on "immunization" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "immunization_last_updated" on "immunization" (last_updated, id);`);
    this.addSql(`create index "immunization_location" on "immunization" ("location") where location is not null;`);
    this.addSql(`create index "immunization_manufacturer" on "immunization" ("manufacturer") where manufacturer is not null;`);
    this.addSql(`create index "immunization_patient" on "immunization" (patient, date_low desc nulls last, id desc);`);
    this.addSql(`create index "immunization_performer" on "immunization" using gin ("performer") where performer is not null;`);
    this.addSql(`create index "immunization_reaction" on "immunization" using gin ("reaction") where reaction is not null;`);
    this.addSql(`create index "immunization_reason_reference" on "immunization" using gin ("reason_reference") where reason_reference is not null;`);
    this.addSql(`create index "immunization_vaccine_code" on "immunization" using gin ("vaccine_code") where vaccine_code is not null;`);

    this.addSql(`create table "location" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "address" text null, "address_city" text null, "address_country" text null, "address_postalcode" text null, "address_state" text null, "address_use" text null, "endpoint" text[] null, "identifier" bigint[] null, "name" text null, "operational_status" bigint[] null, "organization" text null, "partof" text null, "status" text null, "type" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "location_endpoint" on "location" using gin ("endpoint") where endpoint is not null;`);
    this.addSql(`create index "location_identifier" on "location" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "location_last_updated" on "location" (last_updated, id);`);
    this.addSql(`create index "location_name" on "location" using gin ("name" gin_trgm_ops) where name is not null;`);
    this.addSql(`create index "location_organization" on "location" ("organization") where organization is not null;`);
    this.addSql(`create index "location_partof" on "location" ("partof") where partof is not null;`);
    this.addSql(`create index "location_patient" on "location" (patient, id) where patient is not null;`);

    this.addSql(`create table "medication" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "code" bigint[] null, "expiration_date_low" timestamptz(3) null, "expiration_date_high" timestamptz(3) null, "form" bigint[] null, "identifier" bigint[] null, "ingredient" text[] null, "ingredient_code" bigint[] null, "lot_number" bigint[] null, "manufacturer" text null, "status" text null, primary key ("id"));`);
    this.addSql(`create index "medication_code" on "medication" using gin ("code") where code is not null;`);
    this.addSql(`create index "medication_identifier" on "medication" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "medication_ingredient" on "medication" using gin ("ingredient") where ingredient is not null;`);
    this.addSql(`create index "medication_last_updated" on "medication" (last_updated, id);`);
    this.addSql(`create index "medication_manufacturer" on "medication" ("manufacturer") where manufacturer is not null;`);
    this.addSql(`create index "medication_patient" on "medication" (patient, id) where patient is not null;`);

    this.addSql(`create table "medication_administration" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "code" bigint[] null, "context" text null, "device" text[] null, "effective_time_low" timestamptz(3) null, "effective_time_high" timestamptz(3) null, "identifier" bigint[] null, "medication" text null, "performer" text[] null, "reason_given" bigint[] null, "reason_not_given" bigint[] null, "request" text null, "status" text null, "subject" text null, primary key ("id"));`);
    this.addSql(`create index "medication_administration_code" on "medication_administration" using gin ("code") where code is not null;`);
    this.addSql(`create index "medication_administration_context" on "medication_administration" ("context") where context is not null;`);
    this.addSql(`create index "medication_administration_device" on "medication_administration" using gin ("device") where device is not null;`);
    this.addSql(`create index "medication_administration_effective_time" on "medication_administration" (effective_time_low desc nulls last, id desc);`);
    this.addSql(`create index "medication_administration_identifier" on "medication_administration" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "medication_administration_last_updated" on "medication_administration" (last_updated, id);`);
    this.addSql(`create index "medication_administration_medication" on "medication_administration" ("medication") where medication is not null;`);
    this.addSql(`create index "medication_administration_patient" on "medication_administration" (patient, effective_time_low desc nulls last, id desc);`);
    this.addSql(`create index "medication_administration_performer" on "medication_administration" using gin ("performer") where performer is not null;`);
    this.addSql(`create index "medication_administration_request" on "medication_administration" ("request") where request is not null;`);
    this.addSql(`create index "medication_administration_subject" on "medication_administration" ("subject") where subject is not null;`);

    this.addSql(`create table "medication_dispense" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "code" bigint[] null, "context" text null, "destination" text null, "identifier" bigint[] null, "medication" text null, "performer" text[] null, "prescription" text[] null, "receiver" text[] null, "responsibleparty" text[] null, "status" text null, "subject" text null, "type" bigint[] null, "whenhandedover_low" timestamptz(3) null, "whenhandedover_high" timestamptz(3) null, "whenprepared_low" timestamptz(3) null, "whenprepared_high" timestamptz(3) null, primary key ("id"));`);
    this.addSql(`create index "medication_dispense_code" on "medication_dispense" using gin ("code") where code is not null;`);
    this.addSql(`create index "medication_dispense_context" on "medication_dispense" ("context") where context is not null;`);
    this.addSql(`create index "medication_dispense_destination" on "medication_dispense" ("destination") where destination is not null;`);
    this.addSql(`create index "medication_dispense_identifier" on "medication_dispense" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "medication_dispense_last_updated" on "medication_dispense" (last_updated, id);`);
    this.addSql(`create index "medication_dispense_medication" on "medication_dispense" ("medication") where medication is not null;`);
    this.addSql(`create index "medication_dispense_patient" on "medication_dispense" (patient, whenhandedover_low desc nulls last, id desc);`);
    this.addSql(`create index "medication_dispense_performer" on "medication_dispense" using gin ("performer") where performer is not null;`);
    this.addSql(`create index "medication_dispense_prescription" on "medication_dispense" using gin ("prescription") where prescription is not null;`);
    this.addSql(`create index "medication_dispense_receiver" on "medication_dispense" using gin ("receiver") where receiver is not null;`);
    this.addSql(`create index "medication_dispense_responsibleparty" on "medication_dispense" using gin ("responsibleparty") where responsibleparty is not null;`);
    this.addSql(`create index "medication_dispense_subject" on "medication_dispense" ("subject") where subject is not null;`);
    this.addSql(`create index "medication_dispense_whenhandedover" on "medication_dispense" (whenhandedover_low desc nulls last, id desc);`);

    this.addSql(`create table "medication_request" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "authoredon_low" timestamptz(3) null, "authoredon_high" timestamptz(3) null, "category" bigint[] null, "code" bigint[] null, "date_low" timestamptz(3)[] null, "date_high" timestamptz(3)[] null, "encounter" text null, "identifier" bigint[] null, "intended_dispenser" text null, "intended_performer" text null, "intended_performertype" bigint[] null, "intent" text null, "medication" text null, "priority" text null, "requester" text null, "status" text null, "subject" text null, primary key ("id"));`);
    this.addSql(`create index "medication_request_authoredon" on "medication_request" (authoredon_low desc nulls last, id desc);`);
    this.addSql(`create index "medication_request_code" on "medication_request" using gin ("code") where code is not null;`);
    this.addSql(`create index "medication_request_encounter" on "medication_request" ("encounter") where encounter is not null;`);
    this.addSql(`create index "medication_request_identifier" on "medication_request" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "medication_request_intended_dispenser" on "medication_request" ("intended_dispenser") where intended_dispenser is not null;`);
    this.addSql(`create index "medication_request_intended_performer" on "medication_request" ("intended_performer") where intended_performer is not null;`);
    this.addSql(`create index "medication_request_last_updated" on "medication_request" (last_updated, id);`);
    this.addSql(`create index "medication_request_medication" on "medication_request" ("medication") where medication is not null;`);
    this.addSql(`create index "medication_request_patient" on "medication_request" (patient, authoredon_low desc nulls last, id desc);`);
    this.addSql(`create index "medication_request_requester" on "medication_request" ("requester") where requester is not null;`);
    this.addSql(`create index "medication_request_subject" on "medication_request" ("subject") where subject is not null;`);

    this.addSql(`create table "medication_statement" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "category" bigint[] null, "code" bigint[] null, "context" text null, "effective_low" timestamptz(3) null, "effective_high" timestamptz(3) null, "identifier" bigint[] null, "medication" text null, "part_of" text[] null, "source" text null, "status" text null, "subject" text null, primary key ("id"));`);
    this.addSql(`create index "medication_statement_code" on "medication_statement" using gin ("code") where code is not null;`);
    this.addSql(`create index "medication_statement_context" on "medication_statement" ("context") where context is not null;`);
    this.addSql(`create index "medication_statement_effective" on "medication_statement" (effective_low desc nulls last, id desc);`);
    this.addSql(`create index "medication_statement_identifier" on "medication_statement" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "medication_statement_last_updated" on "medication_statement" (last_updated, id);`);
    this.addSql(`create index "medication_statement_medication" on "medication_statement" ("medication") where medication is not null;`);
    this.addSql(`create index "medication_statement_part_of" on "medication_statement" using gin ("part_of") where part_of is not null;`);
    this.addSql(`create index "medication_statement_patient" on "medication_statement" (patient, effective_low desc nulls last, id desc);`);
    this.addSql(`create index "medication_statement_source" on "medication_statement" ("source") where source is not null;`);
    this.addSql(`create index "medication_statement_subject" on "medication_statement" ("subject") where subject is not null;`);

    this.addSql(`create table "observation" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "based_on" text[] null, "category" bigint[] null, "code" bigint[] null, "combo_code" bigint[] null, "combo_data_absent_reason" bigint[] null, "combo_value_concept" bigint[] null, "component_code" bigint[] null, "component_data_absent_reason" bigint[] null, "component_value_concept" bigint[] null, "data_absent_reason" bigint[] null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "derived_from" text[] null, "device" text null, "encounter" text null, "focus" text[] null, "has_member" text[] null, "identifier" bigint[] null, "method" bigint[] null, "part_of" text[] null, "performer" text[] null, "specimen" text null, "status" text null, "subject" text null, "value_concept" bigint[] null, "value_date_low" timestamptz(3) null, "value_date_high" timestamptz(3) null, "value_string" text null, primary key ("id"));`);
    this.addSql(`create index "observation_based_on" on "observation" using gin ("based_on") where based_on is not null;`);
    this.addSql(`create index "observation_code" on "observation" using gin ("code") where code is not null;`);
    this.addSql(`create index "observation_date" on "observation" (date_low desc nulls last, id desc);`);
    this.addSql(`create index "observation_derived_from" on "observation" using gin ("derived_from") where derived_from is not null;`);
    this.addSql(`create index "observation_device" on "observation" ("device") where device is not null;`);
    this.addSql(`create index "observation_encounter" on "observation" ("encounter") where encounter is not null;`);
    this.addSql(`create index "observation_focus" on "observation" using gin ("focus") where focus is not null;`);
    this.addSql(`create index "observation_has_member" on "observation" using gin ("has_member") where has_member is not null;`);
    this.addSql(`create index "observation_identifier" on "observation" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "observation_last_updated" on "observation" (last_updated, id);`);
    this.addSql(`create index "observation_part_of" on "observation" using gin ("part_of") where part_of is not null;`);
    this.addSql(`create index "observation_patient" on "observation" (patient, date_low desc nulls last, id desc);`);
    this.addSql(`create index "observation_performer" on "observation" using gin ("performer") where performer is not null;`);
    this.addSql(`create index "observation_specimen" on "observation" ("specimen") where specimen is not null;`);
    this.addSql(`create index "observation_subject" on "observation" ("subject") where subject is not null;`);

    this.addSql(`create table "organization" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "active" text null, "address" text null, "address_city" text null, "address_country" text null, "address_postalcode" text null, "address_state" text null, "address_use" bigint[] null, "endpoint" text[] null, "identifier" bigint[] null, "name" text null, "partof" text null, "type" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "organization_endpoint" on "organization" using gin ("endpoint") where endpoint is not null;`);
    this.addSql(`create index "organization_identifier" on "organization" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "organization_last_updated" on "organization" (last_updated, id);`);
    this.addSql(`create index "organization_name" on "organization" using gin ("name" gin_trgm_ops) where name is not null;`);
    this.addSql(`create index "organization_partof" on "organization" ("partof") where partof is not null;`);
    this.addSql(`create index "organization_patient" on "organization" (patient, id) where patient is not null;`);

    this.addSql(`create table "patient" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "active" text null, "address" text null, "address_city" text null, "address_country" text null, "address_postalcode" text null, "address_state" text null, "address_use" bigint[] null, "birthdate_low" timestamptz(3) null, "birthdate_high" timestamptz(3) null, "death_date_low" timestamptz(3) null, "death_date_high" timestamptz(3) null, "deceased" bigint[] null, "email" bigint[] null, "family" text null, "gender" text null, "general_practitioner" text[] null, "given" text null, "identifier" bigint[] null, "language" bigint[] null, "link" text[] null, "name" text null, "organization" text null, "phone" bigint[] null, "telecom" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "patient_birthdate" on "patient" (birthdate_low, id) where birthdate_low is not null;`);
    this.addSql(`create index "patient_general_practitioner" on "patient" using gin ("general_practitioner") where general_practitioner is not null;`);
    this.addSql(`create index "patient_identifier" on "patient" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "patient_last_updated" on "patient" (last_updated, id);`);
    this.addSql(`create index "patient_link" on "patient" using gin ("link") where link is not null;`);
    this.addSql(`create index "patient_name" on "patient" using gin ("name" gin_trgm_ops) where name is not null;`);
    this.addSql(`create index "patient_organization" on "patient" ("organization") where organization is not null;`);
    this.addSql(`create index "patient_telecom" on "patient" using gin ("telecom") where telecom is not null;`);

    this.addSql(`create table "practitioner" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "active" text null, "address" text null, "address_city" text null, "address_country" text null, "address_postalcode" text null, "address_state" text null, "address_use" bigint[] null, "communication" bigint[] null, "email" bigint[] null, "family" text null, "gender" text null, "given" text null, "identifier" bigint[] null, "name" text null, "phone" bigint[] null, "telecom" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "practitioner_identifier" on "practitioner" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "practitioner_last_updated" on "practitioner" (last_updated, id);`);
    this.addSql(`create index "practitioner_name" on "practitioner" using gin ("name" gin_trgm_ops) where name is not null;`);
    this.addSql(`create index "practitioner_patient" on "practitioner" (patient, id) where patient is not null;`);

    this.addSql(`create table "practitioner_role" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "active" text null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "email" bigint[] null, "endpoint" text[] null, "identifier" bigint[] null, "location" text[] null, "organization" text null, "phone" bigint[] null, "practitioner" text null, "role" bigint[] null, "service" text[] null, "specialty" bigint[] null, "telecom" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "practitioner_role_endpoint" on "practitioner_role" using gin ("endpoint") where endpoint is not null;`);
    this.addSql(`create index "practitioner_role_identifier" on "practitioner_role" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "practitioner_role_last_updated" on "practitioner_role" (last_updated, id);`);
    this.addSql(`create index "practitioner_role_location" on "practitioner_role" using gin ("location") where location is not null;`);
    this.addSql(`create index "practitioner_role_organization" on "practitioner_role" ("organization") where organization is not null;`);
    this.addSql(`create index "practitioner_role_patient" on "practitioner_role" (patient, id) where patient is not null;`);
    this.addSql(`create index "practitioner_role_practitioner" on "practitioner_role" ("practitioner") where practitioner is not null;`);
    this.addSql(`create index "practitioner_role_service" on "practitioner_role" using gin ("service") where service is not null;`);

    this.addSql(`create table "procedure" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "based_on" text[] null, "category" bigint[] null, "code" bigint[] null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "encounter" text null, "identifier" bigint[] null, "instantiates_canonical" text[] null, "location" text null, "part_of" text[] null, "performer" text[] null, "reason_code" bigint[] null, "reason_reference" text[] null, "status" text null, "subject" text null, primary key ("id"));`);
    this.addSql(`create index "procedure_based_on" on "procedure" using gin ("based_on") where based_on is not null;`);
    this.addSql(`create index "procedure_code" on "procedure" using gin ("code") where code is not null;`);
    this.addSql(`create index "procedure_date" on "procedure" (date_low desc nulls last, id desc);`);
    this.addSql(`create index "procedure_encounter" on "procedure" ("encounter") where encounter is not null;`);
    this.addSql(`create index "procedure_identifier" on "procedure" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "procedure_instantiates_canonical" on "procedure" using gin ("instantiates_canonical") where instantiates_canonical is not null;`);
    this.addSql(`create index "procedure_last_updated" on "procedure" (last_updated, id);`);
    this.addSql(`create index "procedure_location" on "procedure" ("location") where location is not null;`);
    this.addSql(`create index "procedure_part_of" on "procedure" using gin ("part_of") where part_of is not null;`);
    this.addSql(`create index "procedure_patient" on "procedure" (patient, date_low desc nulls last, id desc);`);
    this.addSql(`create index "procedure_performer" on "procedure" using gin ("performer") where performer is not null;`);
    this.addSql(`create index "procedure_reason_reference" on "procedure" using gin ("reason_reference") where reason_reference is not null;`);
    this.addSql(`create index "procedure_subject" on "procedure" ("subject") where subject is not null;`);

    this.addSql(`create table "provenance" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "agent" text[] null, "agent_role" bigint[] null, "agent_type" bigint[] null, "entity" text[] null, "location" text null, "patient_refs" text[] null, "recorded_low" timestamptz(3) null, "recorded_high" timestamptz(3) null, "signature_type" bigint[] null, "target" text[] null, "when_low" timestamptz(3) null, "when_high" timestamptz(3) null, primary key ("id"));`);
    this.addSql(`create index "provenance_agent" on "provenance" using gin ("agent") where agent is not null;`);
    this.addSql(`create index "provenance_entity" on "provenance" using gin ("entity") where entity is not null;`);
    this.addSql(`create index "provenance_last_updated" on "provenance" (last_updated, id);`);
    this.addSql(`create index "provenance_location" on "provenance" ("location") where location is not null;`);
    this.addSql(`create index "provenance_patient" on "provenance" (patient, recorded_low desc nulls last, id desc);`);
    this.addSql(`create index "provenance_patient_refs" on "provenance" using gin ("patient_refs") where patient_refs is not null;`);
    this.addSql(`create index "provenance_recorded" on "provenance" (recorded_low desc nulls last, id desc);`);
    this.addSql(`create index "provenance_target" on "provenance" using gin ("target") where target is not null;`);

    this.addSql(`create table "related_person" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "active" text null, "address" text null, "address_city" text null, "address_country" text null, "address_postalcode" text null, "address_state" text null, "address_use" bigint[] null, "birthdate_low" timestamptz(3) null, "birthdate_high" timestamptz(3) null, "email" bigint[] null, "gender" text null, "identifier" bigint[] null, "name" text null, "phone" bigint[] null, "relationship" bigint[] null, "telecom" bigint[] null, primary key ("id"));`);
    this.addSql(`create index "related_person_identifier" on "related_person" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "related_person_last_updated" on "related_person" (last_updated, id);`);
    this.addSql(`create index "related_person_name" on "related_person" using gin ("name" gin_trgm_ops) where name is not null;`);
    this.addSql(`create index "related_person_patient" on "related_person" (patient, id) where patient is not null;`);

    this.addSql(`create table "research_study" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "custodian" text null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "category" bigint[] null, "date_low" timestamptz(3) null, "date_high" timestamptz(3) null, "focus" bigint[] null, "identifier" bigint[] null, "keyword" bigint[] null, "location" bigint[] null, "partof" text[] null, "principalinvestigator" text null, "protocol" text[] null, "site" text[] null, "sponsor" text null, "status" text null, "title" text null, primary key ("id"));`);
    this.addSql(`create index "research_study_date" on "research_study" (date_low desc nulls last, id desc);`);
    this.addSql(`create index "research_study_identifier" on "research_study" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "research_study_last_updated" on "research_study" (last_updated, id);`);
    this.addSql(`create index "research_study_partof" on "research_study" using gin ("partof") where partof is not null;`);
    this.addSql(`create index "research_study_patient" on "research_study" (patient, date_low desc nulls last, id desc);`);
    this.addSql(`create index "research_study_principalinvestigator" on "research_study" ("principalinvestigator") where principalinvestigator is not null;`);
    this.addSql(`create index "research_study_protocol" on "research_study" using gin ("protocol") where protocol is not null;`);
    this.addSql(`create index "research_study_site" on "research_study" using gin ("site") where site is not null;`);
    this.addSql(`create index "research_study_sponsor" on "research_study" ("sponsor") where sponsor is not null;`);

    this.addSql(`create table "resource_version" ("type" text not null, "id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "operation" text not null, "lossless" boolean not null, "content" text null, primary key ("type", "id", "version"));`);

    this.addSql(`create table "server_secret" ("name" text not null, "value" text not null, primary key ("name"));`);

    this.addSql(`create table "server_state" ("name" text not null, "value" text not null, primary key ("name"));`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "allergy_intolerance" cascade;`);
    this.addSql(`drop table if exists "audit_event" cascade;`);
    this.addSql(`drop table if exists "care_plan" cascade;`);
    this.addSql(`drop table if exists "care_team" cascade;`);
    this.addSql(`drop table if exists "condition" cascade;`);
    this.addSql(`drop table if exists "consent" cascade;`);
    this.addSql(`drop table if exists "coverage" cascade;`);
    this.addSql(`drop table if exists "device" cascade;`);
    this.addSql(`drop table if exists "diagnostic_report" cascade;`);
    this.addSql(`drop table if exists "document_reference" cascade;`);
    this.addSql(`drop table if exists "encounter" cascade;`);
    this.addSql(`drop table if exists "group" cascade;`);
    this.addSql(`drop table if exists "immunization" cascade;`);
    this.addSql(`drop table if exists "location" cascade;`);
    this.addSql(`drop table if exists "medication" cascade;`);
    this.addSql(`drop table if exists "medication_administration" cascade;`);
    this.addSql(`drop table if exists "medication_dispense" cascade;`);
    this.addSql(`drop table if exists "medication_request" cascade;`);
    this.addSql(`drop table if exists "medication_statement" cascade;`);
    this.addSql(`drop table if exists "observation" cascade;`);
    this.addSql(`drop table if exists "organization" cascade;`);
    this.addSql(`drop table if exists "patient" cascade;`);
    this.addSql(`drop table if exists "practitioner" cascade;`);
    this.addSql(`drop table if exists "practitioner_role" cascade;`);
    this.addSql(`drop table if exists "procedure" cascade;`);
    this.addSql(`drop table if exists "provenance" cascade;`);
    this.addSql(`drop table if exists "related_person" cascade;`);
    this.addSql(`drop table if exists "research_study" cascade;`);
    this.addSql(`drop table if exists "resource_version" cascade;`);
    this.addSql(`drop table if exists "server_secret" cascade;`);
    this.addSql(`drop table if exists "server_state" cascade;`);
  }

}
